import { expect, test } from 'vitest';
import { exposureOf, reachOf, requestsPerSecond } from '../src/plan/exposure.ts';
import { sizeOf, sizeOfAll } from '../src/plan/movement.ts';
import { scheduleOf } from '../src/plan/schedule.ts';
import { pullOf, transferOf } from '../src/plan/transfer.ts';
import { planFleet } from '../src/plan/waves.ts';
import { formatDuration } from '../src/fleet/units.ts';
import { EXAMPLE_CLASS, exampleSpec } from './example-plan.ts';

const withBudget = (maxDevicesPerPromotion: number): ReturnType<typeof planFleet> =>
  planFleet(
    exampleSpec({ rollout: { ...exampleSpec().rollout, budget: { maxDevicesPerPromotion } } }),
    undefined,
  );
const MB = 1e6;

test('a rollout takes its soaks, and a pause between the parts that the budget makes', () => {
  // 45,000 devices in slices of 2,500: three slices fit into 8,000, so 18 slices take six calls, 2 h apart.
  const schedule = scheduleOf(withBudget(8000)).map(({ wave, parts, startMs, movedMs, watchedMs }) =>
    [wave, parts, ...[startMs, movedMs, watchedMs].map(formatDuration)].join(' '),
  );
  expect(schedule).toEqual(['canary 1 0s 0s 24h', 'early 1 24h 24h 36h', 'rest 6 36h 46h 46h']);
});

test('a slice larger than the budget is a part of its own', () => {
  expect(scheduleOf(withBudget(1)).map(({ parts }) => parts)).toEqual([1, 7, 18]);
});

test('a rollback reaches every cluster within interval, jitter and a health check under way', () => {
  expect(reachOf(exampleSpec().delivery)).toEqual({ sourceMs: 630_000, healthMs: 300_000, totalMs: 930_000 });
});

test('20,000 clusters that ask every ten minutes send 33 requests per second', () => {
  expect(requestsPerSecond(20_000, exampleSpec().delivery)).toBeCloseTo(33.33, 2);
});

test('exposure grows with the waves; a release that never gets ready stops at maxUnavailable of each cluster', () => {
  expect(exposureOf(planFleet(exampleSpec(), undefined))).toEqual([
    { wave: 'canary', devices: 50, devicesIfNeverReady: 20 },
    { wave: 'early', devices: 5000, devicesIfNeverReady: 2000 },
    { wave: 'rest', devices: 50_000, devicesIfNeverReady: 20_000 },
  ]);
});

test('images count once, by the platform of the class, and unknown ones are named', () => {
  const lock = {
    a: { platforms: [], bytes: { 'linux/amd64': 100, 'linux/arm64': 90 }, source: 'registry' },
    b: { platforms: ['linux/amd64'], source: 'registry' },
  };
  const sizes = new Map([['model', 7]]);
  expect(pullOf(['a', 'a', 'b', 'model'], { arch: 'arm64' }, lock, sizes)).toEqual({
    bytes: 97,
    unknown: ['b'],
  });
  expect(pullOf(['a'], { arch: 'amd64' }, undefined)).toEqual({ bytes: 0, unknown: ['a'] });
});

test('200 MB on 20 devices over 5 Mbit take 1.8 hours, or 5 minutes where the cluster shares what it pulls', () => {
  const device = { ...EXAMPLE_CLASS, uplink: '5Mbit', maxDevicesPerCluster: 20 };
  const count = { clusters: 100, devices: 1500 };
  const alone = transferOf(200 * MB, device, count);
  expect(alone.bytes).toBe(300_000 * MB);
  expect(alone.slowestHours).toBeCloseTo(1.78, 2);
  const shared = transferOf(200 * MB, { ...device, pull: 'shared' }, count);
  expect(shared.bytes).toBe(20_000 * MB);
  expect(shared.slowestHours * 60).toBeCloseTo(5.33, 2);
});

test('expectations of slices that move together are rounded up once', () => {
  const inventory = [{ class: 'n100', region: 'north', clusters: 300, devicesPerCluster: 1 }];
  const plan = planFleet(exampleSpec({ inventory }), undefined);
  // 0.1 % of 300, in four slices of 0.03, 0.03, 0.09 and 0.15.
  expect(sizeOfAll(plan, plan.waves[0]!.slices, 'n100')).toEqual({ clusters: 1, devices: 1 });
  expect(sizeOf(plan, 'p000.05', 'n100')).toEqual({ clusters: 1, devices: 1 });
});
