import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from '../src/fleet/nearest.ts';

test.each([
  ['amd46', ['amd64', 'arm64', 'arm'], 'amd64'],
  ['memroy', ['memory', 'disk'], 'memory'],
  ['n10', ['n100', 'orin-nano'], 'n100'],
  ['raspberry', ['n100', 'orin-nano'], undefined],
  ['x', [], undefined],
])('%s among %s is meant to be %s', (written, names, meant) => {
  expect(nearest(written, names)).toBe(meant);
});

test('a name is nearest to itself, and to itself with two letters swapped', () => {
  const name = fc.stringMatching(/^[a-z]{3,12}$/);
  fc.assert(
    fc.property(name, fc.array(name), fc.nat(), (word, others, place) => {
      expect(nearest(word, [...others, word])).toBe(word);
      const at = place % (word.length - 1);
      const swapped = word.slice(0, at) + word[at + 1] + word[at] + word.slice(at + 2);
      expect(nearest(swapped, [word])).toBe(word);
    }),
  );
});
