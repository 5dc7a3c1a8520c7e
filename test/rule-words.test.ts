import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Rule } from '../src/check/rule.ts';
import { SLICES } from '../src/plan/slices.ts';
import { SLICE_NAMES } from '../src/plan/movement.ts';
import { exampleFleet, exampleRows, ORIN_NANO } from '../src/rules/example-fleet.ts';
import { exampleRejection, exampleRollout, NEW, OLD } from '../src/rules/example-rollout.ts';
import { rules } from '../src/rules/index.ts';

const duration = fc
  .tuple(fc.integer({ min: 0, max: 100 }), fc.constantFrom('ms', 's', 'm', 'h'))
  .map(([count, unit]) => `${count}${unit}`);
const ratio = fc.constantFrom(0, 0.001, 0.005, 0.01, 0.05, 0.3, 0.5, 0.9, 0.999, 1);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });
const size = fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2_000_000 }));

const waves = fc.array(
  fc.record(
    {
      name: fc.constantFrom('canary', 'early', 'rest'),
      percent: fc.constantFrom(...SLICES.map(({ to }) => to / 100)),
      soak: duration,
      pause: duration,
    },
    { requiredKeys: ['name', 'percent'] },
  ),
  { minLength: 1, maxLength: 5 },
);

/** Whatever the schema lets through, sensible or not. */
const fleets = fc
  .record({
    waves,
    gate: fc.record({
      baseline: ratio,
      detect: ratio,
      alpha: ratio,
      beta: ratio,
      ceiling: maybe(ratio),
      window: duration,
      overdueAfter: maybe(duration),
      offline: maybe(fc.record({ treatAs: fc.constantFrom('overdue' as const, 'exclude' as const) })),
    }),
    budget: maybe(fc.record({ maxHarmedDevices: maybe(size), maxDevicesPerPromotion: maybe(size) })),
    interval: duration,
    timeout: maybe(duration),
    loadTime: maybe(duration),
    k3s: fc.constantFrom('1.20', '1.34', '1.35', '1.37', '1.99'),
    servers: fc.integer({ min: 1, max: 5 }),
    limit: maybe(fc.record({ requestsPerSecond: fc.constantFrom(0.1, 1, 1e6) })),
    counts: fc.array(
      fc.record({
        class: fc.constantFrom('n100', 'orin-nano'),
        region: fc.constant('eu'),
        clusters: fc.oneof(fc.constant(0), size),
        devicesPerCluster: fc.integer({ min: 1, max: 20 }),
      }),
      { maxLength: 3 },
    ),
    named: fc.option(fc.integer({ min: 0, max: 50 })),
  })
  .map(({ waves, gate, budget, interval, timeout, loadTime, k3s, servers, limit, counts, named }) =>
    exampleFleet(
      {
        classes: { n100: { k3s, servers, maxDevicesPerCluster: 20 }, 'orin-nano': ORIN_NANO },
        inventory: counts,
        workloads: { inference: { loadTime } },
        rollout: { waves, gate, budget },
        delivery: { interval, timeout, source: { limit } },
      },
      named === null ? undefined : exampleRows(named),
    ),
  );

const rollouts = fc
  .record({
    settled: fc.constantFrom(OLD, NEW, null),
    rejected: fc.subarray([OLD, NEW]),
    runs: fc.array(fc.constantFrom(OLD, NEW), { minLength: SLICES.length, maxLength: SLICES.length }),
    broken: fc.constantFrom('whole' as const, 'missing' as const, 'changed' as const),
  })
  .map(({ settled, rejected, runs, broken }) =>
    exampleRollout({
      settled,
      rejected: rejected.map(exampleRejection),
      runs: (slice) => runs[SLICE_NAMES.indexOf(slice)]!,
      broken: { [OLD]: broken },
    }),
  );

/** Texts that show that a number, a value or a plural went wrong. */
const BROKEN =
  /NaN|undefined|Infinity|null|\[object|\b1 (clusters|devices|slices)\b|\b0\.\d{6,}|\de[-+]\d| {2}/;

test.each([
  ['fleet', fleets],
  ['rollout', rollouts],
] as const)('rules on a %s never throw, and word what they find', (on, subjects) => {
  const ofKind = rules.filter((rule) => rule.on === on);
  fc.assert(
    fc.property(subjects as fc.Arbitrary<Parameters<Rule['check']>[0]>, (subject) => {
      for (const rule of ofKind) {
        for (const said of rule.check(subject)) {
          const texts = 'notEvaluated' in said ? [said.notEvaluated] : [said.message, said.fix];
          expect(texts.filter((text) => BROKEN.test(text))).toEqual([]);
        }
      }
    }),
    { numRuns: 150 },
  );
});
