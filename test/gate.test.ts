import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { blindZone } from '../src/gate/blind-zone.ts';
import { minimumSamples, smallestVisibleShare } from '../src/gate/minimum-samples.ts';

test.each([
  [0.05, 0.95, 59],
  [0.1, 0.95, 29],
  [0.2, 0.95, 14],
  [0.5, 0.95, 5],
  [0.5, 0.75, 2],
  [0.01, 0.99, 459],
  [1, 0.95, 1],
])('to see a share of %s with confidence %s takes %s devices', (share, confidence, samples) => {
  expect(minimumSamples(share, confidence)).toBe(samples);
});

test('the minimum suffices, and one less does not', () => {
  const ratio = fc.double({ min: 0.001, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(ratio, ratio, (share, confidence) => {
      const n = minimumSamples(share, confidence);
      expect(1 - (1 - share) ** n).toBeGreaterThanOrEqual(confidence - 1e-9);
      expect(1 - (1 - share) ** (n - 1)).toBeLessThan(confidence + 1e-9);
    }),
  );
});

test('three devices show with 95 percent a failure of 63 percent of all', () => {
  expect(smallestVisibleShare(3, 0.95)).toBeCloseTo(0.6316, 4);
  expect(smallestVisibleShare(59, 0.95)).toBeCloseTo(0.0495, 4);
  expect(smallestVisibleShare(0, 0.95)).toBe(1);
});

test('a ceiling of 5 percent over a baseline of half a percent is blind to 4.5 points', () => {
  expect(blindZone(0.05, 0.005)).toBe(0.045);
  expect(blindZone(0.005, 0.01)).toBe(0);
});
