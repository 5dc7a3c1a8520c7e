import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketOf, BUCKETS, cutOf, SLICES, sliceOf } from '../src/plan/slices.ts';

test('there are 29 slices, named by their upper bound', () => {
  expect(SLICES.map(({ name }) => name).join(' ')).toMatchInlineSnapshot(
    `"p000.01 p000.02 p000.05 p000.10 p000.20 p000.50 p001.00 p002.00 p003.00 p005.00 p010.00 p015.00 p020.00 p025.00 p030.00 p035.00 p040.00 p045.00 p050.00 p055.00 p060.00 p065.00 p070.00 p075.00 p080.00 p085.00 p090.00 p095.00 p100.00"`,
  );
});

test('the slices cover every bucket once', () => {
  expect(SLICES.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i))).toEqual(
    Array.from({ length: BUCKETS }, (_, bucket) => bucket),
  );
});

// These can never change: every cluster of every fleet would move. Computed with sha256sum and a shell.
test.each([
  ['city-1', '0042', '2664 p030.00'],
  ['city-1', 'north-7', '7420 p075.00'],
  ['store-1', '0042', '8370 p085.00'],
  ['sälz/1', 'a', '5207 p055.00'],
])('the slice of a cluster is known for ever: %s/%s', (salt, cluster, known) => {
  expect(`${bucketOf(salt, cluster)} ${sliceOf(salt, cluster)}`).toBe(known);
});

test('a percent that is a cut is exact', () => {
  expect([0.01, 0.1, 0.2, 1, 35, 100].map(cutOf)).toEqual([1, 10, 20, 100, 3500, 10_000]);
  expect(SLICES.map(({ to }) => cutOf(to / 100))).toEqual(SLICES.map(({ to }) => to));
});

test.each([
  [0.07, '0.05 or 0.1'],
  [7, '5 or 10'],
  [0, '0.01'],
  [101, '100'],
])('%s percent is no cut: write %s', (percent, nearest) => {
  expect(() => cutOf(percent)).toThrow(
    expect.objectContaining({
      code: 'PERCENT_CUT',
      message: `${percent} % is not a cut between slices`,
      hint: `write ${nearest}`,
    }),
  );
});

test('measured shares are within binomial error', () => {
  const count = 200_000;
  const clusters = new Map<string, number>();
  for (let n = 0; n < count; n += 1) {
    const slice = sliceOf('measure-1', `site-${n}`);
    clusters.set(slice, (clusters.get(slice) ?? 0) + 1);
  }
  for (const { name, from, to } of SLICES) {
    const share = (to - from) / BUCKETS;
    const deviations = ((clusters.get(name) ?? 0) - count * share) / Math.sqrt(count * share * (1 - share));
    // Four standard deviations: with 29 slices, one salt in 500 would miss it.
    expect(Math.abs(deviations)).toBeLessThan(4);
  }
});

test('each cluster is in exactly one slice', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.stringMatching(/^[a-z0-9]{1,20}$/), (salt, cluster) => {
      const inSlices = SLICES.filter(({ name }) => name === sliceOf(salt, cluster));
      expect(inSlices).toHaveLength(1);
    }),
  );
});
