import { expect, test } from 'vitest';
import { measureSynth } from '../src/dev/bench/synth.ts';

test('synthesis of 20 charts writes byte for byte what plain cdk8s writes', () => {
  expect(measureSynth(20)).toMatchObject({ charts: 20, objects: 80 });
});
