// Random sequences of edits, synth, promotions, rollbacks, retries, changes of waves, budget and inventory, renamed,
// removed and added classes, and other versions of Breakwater. More of them: SEQUENCES=200000 npx vitest run …

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstBreach, LAWS } from './movement/laws.ts';
import { newWorld, steps } from './movement/world.ts';

const start = newWorld();

test.each(Object.entries(LAWS))('%s', (_, law) => {
  fc.assert(
    fc.property(steps, (sequence) => {
      expect(firstBreach(start, sequence, [law])).toBeUndefined();
    }),
    { seed: 20_261_125, numRuns: 100 },
  );
});

test('all laws hold, on other sequences each time', { timeout: 3_600_000 }, () => {
  const laws = Object.values(LAWS);
  fc.assert(
    fc.property(steps, (sequence) => {
      expect(firstBreach(start, sequence, laws)).toBeUndefined();
    }),
    { numRuns: Number(process.env['SEQUENCES'] ?? 700) },
  );
});
