import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RuleFinding } from '../src/check/finding.ts';
import type { FleetSubject, Rule } from '../src/check/rule.ts';
import type { FleetSpec, WaveSpec } from '../src/fleet/spec.ts';
import { exampleFleet, exampleRows, type Overrides } from '../src/rules/example-fleet.ts';
import { rules } from '../src/rules/index.ts';

/** Sizes that a definition may have. */
interface Sizes {
  readonly clusters: number;
  readonly devices: number;
  /** A small whole number. */
  readonly some: number;
}

const sizes = fc.record({
  clusters: fc.oneof(
    fc.integer({ min: 1, max: 1_000_000 }),
    fc.integer({ min: 0, max: 60 }).map((tenths) => Math.round(10 ** (tenths / 10))),
  ),
  devices: fc.integer({ min: 1, max: 60 }),
  some: fc.integer({ min: 1, max: 500 }),
});

const WAVES: readonly WaveSpec[] = [
  { name: 'canary', percent: 1, soak: '24h', pause: '1h' },
  { name: 'rest', percent: 100, pause: '2h' },
];

const fleetOf = ({ clusters, devices }: Sizes): Overrides<FleetSpec> => ({
  classes: { n100: { maxDevicesPerCluster: 60 } },
  inventory: [{ class: 'n100', region: 'eu', clusters, devicesPerCluster: devices }],
});

interface Case {
  readonly rule: string;
  /** A definition that the rule may find something in. */
  readonly definition: (sizes: Sizes) => Overrides<FleetSpec>;
  /** Where the suggested value stands in the fix. */
  readonly suggests: RegExp;
  /** What an engineer changes on reading it. */
  readonly apply: (value: string) => Overrides<FleetSpec>;
}

/** A budget as shares of the fleet, with a last wave in parts an hour apart. */
const budgetOf = (
  { clusters, devices, ...sizes }: Sizes,
  { harmed, part }: { readonly harmed: number; readonly part: number },
): Overrides<FleetSpec> => ({
  ...fleetOf({ clusters, devices, ...sizes }),
  rollout: {
    waves: [WAVES[0]!, { ...WAVES[1]!, pause: '1h' }],
    budget: {
      maxHarmedDevices: Math.ceil(clusters * devices * harmed),
      maxDevicesPerPromotion: Math.ceil(clusters * devices * part),
    },
  },
});

const number = (text: string): number => Number(text.replaceAll('_', ''));

const CASES: readonly Case[] = [
  {
    rule: 'canary-sees-ceiling',
    definition: fleetOf,
    suggests: /begin with ([\d.]+) percent/,
    apply: (value) => ({
      rollout: { waves: [{ name: 'canary', percent: number(value), soak: '24h' }, WAVES[1]!] },
    }),
  },
  {
    rule: 'budget-covers-first-wave',
    definition: ({ some, ...sizes }) => ({
      ...fleetOf({ some, ...sizes }),
      rollout: { budget: { maxHarmedDevices: some } },
    }),
    suggests: /maxHarmedDevices to ([\d_]+)/,
    apply: (value) => ({ rollout: { budget: { maxHarmedDevices: number(value) } } }),
  },
  {
    rule: 'promotion-limited',
    definition: (sizes) => ({
      ...fleetOf(sizes),
      rollout: { budget: { maxHarmedDevices: undefined, maxDevicesPerPromotion: undefined } },
    }),
    suggests: /to ([\d_]+) or more/,
    apply: (value) => ({ rollout: { budget: { maxDevicesPerPromotion: number(value) } } }),
  },
  {
    rule: 'promotion-fits-slice',
    definition: ({ some, ...sizes }) => ({
      ...fleetOf({ some, ...sizes }),
      rollout: { budget: { maxDevicesPerPromotion: some } },
    }),
    suggests: /to ([\d_]+) or more/,
    apply: (value) => ({ rollout: { budget: { maxDevicesPerPromotion: number(value) } } }),
  },
  {
    rule: 'ceiling-not-alone',
    definition: ({ some }) => ({ rollout: { gate: { detect: some / 1000, ceiling: 0.005 + some / 1000 } } }),
    suggests: /detect to ([\d.e-]+)/,
    apply: (value) => ({ rollout: { gate: { detect: number(value) } } }),
  },
  {
    rule: 'detect-within-budget',
    definition: ({ some, ...sizes }) => ({
      ...fleetOf({ some, ...sizes }),
      rollout: { budget: { maxHarmedDevices: some } },
    }),
    suggests: /detect to ([\d.e-]+)/,
    apply: (value) => ({ rollout: { gate: { detect: number(value) } } }),
  },
  {
    rule: 'soak-covers-window',
    definition: ({ some }) => ({ rollout: { waves: WAVES, gate: { window: `${some + 1440}m` } } }),
    suggests: /to (\S+) at least/,
    apply: (value) => ({ rollout: { waves: [{ ...WAVES[0]!, soak: value }, WAVES[1]!] } }),
  },
  {
    rule: 'soak-covers-silence',
    definition: ({ some }) => ({ rollout: { waves: WAVES, gate: { overdueAfter: `${some + 1440}m` } } }),
    suggests: /to (\S+) at least/,
    apply: (value) => ({ rollout: { waves: [{ ...WAVES[0]!, soak: value }, WAVES[1]!] } }),
  },
  {
    rule: 'wave-can-pass',
    definition: fleetOf,
    suggests: /at ([\d.]+) percent or more/,
    apply: (value) => ({
      rollout: { waves: [{ name: 'canary', percent: number(value), soak: '24h' }, WAVES[1]!] },
    }),
  },
  {
    rule: 'control-remains',
    definition: (sizes) => ({
      ...fleetOf(sizes),
      rollout: { waves: [{ name: 'most', percent: 60, soak: '24h' }, WAVES[1]!] },
    }),
    suggests: /at ([\d.]+) percent or less/,
    apply: (value) => ({
      rollout: { waves: [{ name: 'most', percent: number(value), soak: '24h' }, WAVES[1]!] },
    }),
  },
  {
    rule: 'canary-has-clusters',
    definition: ({ some, devices }) => fleetOf({ some, clusters: some, devices: Math.max(2, devices) }),
    suggests: /begin with ([\d.]+) percent/,
    apply: (value) => ({
      rollout: { waves: [{ name: 'canary', percent: number(value), soak: '24h' }, WAVES[1]!] },
    }),
  },
  {
    rule: 'correlation-declared',
    definition: fleetOf,
    suggests: /cluster: ([\d.]+)/,
    apply: (value) => ({ rollout: { gate: { correlation: { cluster: number(value) } } } }),
  },
  {
    rule: 'harm-within-budget',
    definition: (sizes) => budgetOf(sizes, { harmed: 0.04, part: 0.2 }),
    suggests: /pause of wave rest to (\S+) or more/,
    apply: (value) => ({ rollout: { waves: [WAVES[0]!, { ...WAVES[1]!, pause: value }] } }),
  },
  {
    rule: 'harm-within-budget',
    definition: (sizes) => budgetOf(sizes, { harmed: 0.004, part: 1 }),
    suggests: /maxDevicesPerPromotion to ([\d_]+) or less, and the pause of wave rest to 6h10m/,
    apply: (value) => ({
      rollout: {
        waves: [WAVES[0]!, { ...WAVES[1]!, pause: '6h10m' }],
        budget: { maxDevicesPerPromotion: number(value) },
      },
    }),
  },
  {
    rule: 'harm-within-budget',
    definition: (sizes) => budgetOf(sizes, { harmed: 0.0001, part: 0.2 }),
    suggests: /maxHarmedDevices to ([\d_]+) or more/,
    apply: (value) => ({ rollout: { budget: { maxHarmedDevices: number(value) } } }),
  },
  {
    rule: 'growth-within-budget',
    definition: (sizes) => budgetOf(sizes, { harmed: 0.0001, part: 1 }),
    suggests: /maxHarmedDevices to ([\d_]+) or more/,
    apply: (value) => ({ rollout: { budget: { maxHarmedDevices: number(value) } } }),
  },
  {
    rule: 'growth-within-budget',
    definition: ({ some, ...sizes }) => ({
      ...fleetOf({ some, ...sizes, devices: 1 }),
      rollout: { waves: [WAVES[0]!, { ...WAVES[1]!, pause: '7h' }], budget: { maxHarmedDevices: some } },
    }),
    suggests: /maxDevicesPerPromotion to ([\d_]+) or less/,
    apply: (value) => ({ rollout: { budget: { maxDevicesPerPromotion: number(value) } } }),
  },
  {
    rule: 'ceiling-clear-of-baseline',
    definition: ({ some, ...sizes }) => ({
      ...fleetOf({ some, ...sizes }),
      rollout: { gate: { baseline: 0.04, ceiling: 0.0401 + some / 100_000 } },
    }),
    suggests: /ceiling to ([\d.]+) or more/,
    apply: (value) => ({ rollout: { gate: { ceiling: number(value) } } }),
  },
  {
    rule: 'small-fleet-by-human',
    definition: ({ some }) => ({
      inventory: [{ class: 'n100', region: 'eu', clusters: some, devicesPerCluster: 1 }],
    }),
    suggests: /by: '(human)'/,
    apply: () => ({ rollout: { gate: { by: 'human' } } }),
  },
  {
    rule: 'first-soak-day',
    definition: ({ some }) => ({ rollout: { waves: [{ ...WAVES[0]!, soak: `${some}m` }, WAVES[1]!] } }),
    suggests: /to (\S+) or more/,
    apply: (value) => ({ rollout: { waves: [{ ...WAVES[0]!, soak: value }, WAVES[1]!] } }),
  },
  {
    rule: 'soak-covers-latent',
    definition: ({ some }) => ({ rollout: { waves: WAVES, gate: { latentAfter: `${some}h` } } }),
    suggests: /to (\S+) or more/,
    apply: (value) => ({ rollout: { waves: [{ ...WAVES[0]!, soak: value }, WAVES[1]!] } }),
  },
  {
    rule: 'soak-kept',
    definition: ({ some }) => ({
      rollout: { waves: [WAVES[0]!, { name: 'early', percent: 10, soak: `${some}m` }, WAVES[1]!] },
    }),
    suggests: /to (\S+) or more/,
    apply: (value) => ({
      rollout: { waves: [WAVES[0]!, { name: 'early', percent: 10, soak: value }, WAVES[1]!] },
    }),
  },
  {
    rule: 'pause-covers-window',
    definition: ({ some }) => ({ rollout: { waves: WAVES, gate: { window: `${some + 120}m` } } }),
    suggests: /to (\S+) or more/,
    apply: (value) => ({ rollout: { waves: [WAVES[0]!, { ...WAVES[1]!, pause: value }] } }),
  },
  {
    rule: 'source-answers',
    definition: ({ some, ...sizes }) => ({
      ...fleetOf({ some, ...sizes }),
      delivery: { source: { limit: { requestsPerSecond: some / 10 } } },
    }),
    suggests: /interval to (\S+) or more/,
    apply: (value) => ({ delivery: { interval: value } }),
  },
  {
    rule: 'interval-minimum',
    definition: ({ devices }) => ({ delivery: { interval: `${devices - 1}s` } }),
    suggests: /interval to (\S+) or more/,
    apply: (value) => ({ delivery: { interval: value } }),
  },
  {
    rule: 'timeout-covers-load',
    definition: ({ some }) => ({ workloads: { inference: { loadTime: `${some}m` } } }),
    suggests: /timeout above ([^,]+),/,
    apply: (value) => ({ delivery: { timeout: `${value}1s` } }),
  },
  {
    rule: 'servers-odd',
    definition: ({ devices }) => ({ classes: { n100: { servers: devices, maxDevicesPerCluster: 61 } } }),
    suggests: /to \d+ or (\d+)/,
    apply: (value) => ({ classes: { n100: { servers: number(value) } } }),
  },
];

const find = (id: string, subject: FleetSubject): readonly RuleFinding[] => {
  const rule = rules.find((rule) => rule.id === id) as Rule<'fleet'>;
  return [...rule.check(subject)].filter((said): said is RuleFinding => !('notEvaluated' in said));
};

/** Drawn whatever the seed: sizes of which every rule below suggests something, in one of them. */
const ALWAYS: readonly [Sizes][] = [
  [{ clusters: 30_000, devices: 1, some: 50 }],
  [{ clusters: 1_000, devices: 4, some: 5 }],
];

describe.each(CASES.map((one) => [one.rule, one] as const))('%s', (id, { definition, suggests, apply }) => {
  test('is silent once its fix is applied', () => {
    let applied = 0;
    fc.assert(
      fc.property(sizes, (drawn) => {
        const before = definition(drawn);
        const [finding] = find(id, exampleFleet(before));
        const value = suggests.exec(finding?.fix ?? '')?.[1];
        if (value === undefined) return;
        applied += 1;
        expect(find(id, exampleFleet(apply(value), undefined, exampleFleet(before).spec))).toEqual([]);
      }),
      { examples: [...ALWAYS] },
    );
    expect(applied).toBeGreaterThan(0);
  });
});

test('a cluster pinned as the fix says brings its class into the first wave', () => {
  const rows = exampleRows(40);
  const [finding] = find('wave-has-clusters', exampleFleet({}, rows));
  const slice = /with (p\S+)/.exec(finding!.fix)![1]!;
  expect(find('wave-has-clusters', exampleFleet({}, [...rows, ...exampleRows(1, { slice })]))).toEqual([]);
});
