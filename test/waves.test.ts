import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterRow } from '../src/fleet/loaded-fleet.ts';
import { maxUnavailableOf } from '../src/plan/availability.ts';
import { SLICES, sliceOf } from '../src/plan/slices.ts';
import { planFleet } from '../src/plan/waves.ts';
import { EXAMPLE_CLASS, exampleSpec } from './example-plan.ts';

const row = (cluster: string, devices = 1, slice?: string): ClusterRow => ({
  cluster,
  class: 'n100',
  region: 'north',
  devices,
  line: 2,
  ...(slice === undefined ? {} : { slice }),
});
const csv = { kind: 'csv', path: 'clusters.csv' } as const;

const withWaves = (...percents: number[]): ReturnType<typeof planFleet> =>
  planFleet(
    exampleSpec({
      rollout: {
        ...exampleSpec().rollout,
        waves: percents.map((percent, index) => ({ name: `w${index}`, percent })),
      },
    }),
    undefined,
  );

describe('named clusters', () => {
  const clusters = fc.uniqueArray(fc.stringMatching(/^[a-z0-9]{1,8}$/), { maxLength: 60 });

  test('each cluster is in exactly one slice and one wave, in any order of rows', () => {
    fc.assert(
      fc.property(clusters, fc.integer({ min: 1, max: 9 }), (names, devices) => {
        const rows = names.map((name) => row(name, devices));
        const plan = planFleet(exampleSpec({ inventory: csv }), rows);
        expect(plan).toEqual(planFleet(exampleSpec({ inventory: csv }), rows.toReversed()));
        expect(plan.total).toEqual({ clusters: names.length, devices: names.length * devices });
        for (const parts of [plan.waves, plan.slices]) {
          expect(parts.reduce((sum, part) => sum + part.classes['n100']!.clusters, 0)).toBe(names.length);
        }
        expect(plan.waves.flatMap(({ slices }) => slices)).toEqual(SLICES.map(({ name }) => name));
      }),
    );
  });

  test('adding a cluster moves no other', () => {
    fc.assert(
      fc.property(clusters, fc.stringMatching(/^[a-z0-9]{9}$/), (names, added) => {
        const spec = exampleSpec({ inventory: csv });
        const before = planFleet(
          spec,
          names.map((name) => row(name)),
        );
        const after = planFleet(
          spec,
          [...names, added].map((name) => row(name)),
        );
        const own = sliceOf(spec.rollout.salt, added);
        expect(after.slices.map(({ classes }) => classes['n100']!.clusters)).toEqual(
          before.slices.map(({ name, classes }) => classes['n100']!.clusters + (name === own ? 1 : 0)),
        );
      }),
    );
  });

  test('a pinned cluster is in the slice it is pinned to', () => {
    const plan = planFleet(exampleSpec({ inventory: csv }), [row('a', 3, 'p000.01'), row('b', 2, 'p000.01')]);
    expect(plan.slices[0]!.classes['n100']).toEqual({ clusters: 2, devices: 5 });
    expect(plan.waves[0]!.total).toEqual({ clusters: 2, devices: 5 });
  });

  test('clusters small enough to update at once are counted', () => {
    const plan = planFleet(exampleSpec({ inventory: csv }), [row('a', 1), row('b', 2), row('c', 3)]);
    expect(plan.classes['n100']).toMatchObject({ maxUnavailable: 2, clustersAllAtOnce: 2, clusters: 3 });
  });
});

describe('counts', () => {
  test('expectations come with the middle 95 percent', () => {
    const plan = planFleet(exampleSpec(), undefined);
    expect(plan.inventory).toBe('expected');
    expect(plan.waves.map(({ classes }) => classes['n100'])).toEqual([
      { clusters: 10, devices: 50, spread: { clusters: [4, 17], devices: [20, 85] } },
      { clusters: 990, devices: 4950, spread: { clusters: [932, 1049], devices: [4660, 5245] } },
      { clusters: 9000, devices: 45_000, spread: { clusters: [8941, 9058], devices: [44_705, 45_290] } },
    ]);
    expect(plan.total).toEqual({ clusters: 10_000, devices: 50_000 });
    expect(plan.classes['n100']!.regions).toEqual({ north: { clusters: 10_000, devices: 50_000 } });
  });

  test('a tenth of a percent of 300 clusters is 0.3', () => {
    const inventory = [{ class: 'n100', region: 'north', clusters: 300, devicesPerCluster: 1 }];
    const plan = planFleet(exampleSpec({ inventory }), undefined);
    expect(plan.waves[0]!.total).toEqual({
      clusters: 0.3,
      devices: 0.3,
      spread: { clusters: [0, 2], devices: [0, 2] },
    });
  });
});

describe('waves', () => {
  test('changing percents changes no slice', () => {
    const cuts = fc.shuffledSubarray(
      SLICES.map(({ to }) => to / 100),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(cuts, (percents) => {
        const plan = withWaves(...percents);
        expect(plan.slices.map(({ name, classes }) => [name, classes])).toEqual(
          withWaves(100).slices.map(({ name, classes }) => [name, classes]),
        );
      }),
    );
  });

  test('a wave that does not increase is empty, and the last takes what is left', () => {
    expect(withWaves(1, 1, 0.5, 2).waves.map(({ slices }) => slices.length)).toEqual([7, 0, 0, 22]);
  });

  test('a percent that is no cut is an error', () => {
    expect(() => withWaves(7, 100)).toThrow('7 % is not a cut between slices');
  });
});

test.each([
  [0.01, 50, 2],
  [0.07, 100, 8],
  [0.1, 30, 4],
  [0, 10, 1],
])('offline %s of %s devices makes maxUnavailable %s', (offline, maxDevicesPerCluster, expected) => {
  expect(maxUnavailableOf({ ...EXAMPLE_CLASS, offline, maxDevicesPerCluster })).toBe(expected);
});
