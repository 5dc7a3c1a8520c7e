import type { ClassSpec, FleetSpec, WaveSpec } from '../src/fleet/spec.ts';
import type { Plan, PlanFile, PlannedSlice, PlannedWave, WantedRelease } from '../src/plan/plan.ts';
import { SLICES, cutOf } from '../src/plan/slices.ts';

export const EXAMPLE_CLASS: ClassSpec = {
  arch: 'amd64',
  memory: '8Gi',
  cpu: '4',
  disk: '64Gi',
  k3s: '1.36',
  servers: 1,
  uplink: '20Mbit',
  availability: 'always-on',
  maxDevicesPerCluster: 50,
};

export const EXAMPLE_WAVES: readonly WaveSpec[] = [
  { name: 'canary', percent: 0.1, soak: '24h' },
  { name: 'early', percent: 10, soak: '12h' },
  { name: 'rest', percent: 100, pause: '2h' },
];

/** A definition for what `plan` reads of one: classes, inventory, rollout. */
export const exampleSpec = (changes: Partial<FleetSpec> = {}): FleetSpec => ({
  name: 'example',
  classes: { n100: EXAMPLE_CLASS },
  inventory: [{ class: 'n100', region: 'north', clusters: 10_000, devicesPerCluster: 5 }],
  workloads: {},
  rollout: {
    salt: 'example-1',
    waves: EXAMPLE_WAVES,
    gate: { baseline: 0.005, detect: 0.01, alpha: 0.01, beta: 0.01, window: '10m' },
  },
  delivery: {
    kind: 'flux',
    source: { kind: 'oci', url: 'oci://registry.example.com/fleet' },
    interval: '10m',
  },
  ...changes,
});

interface ExamplePlan {
  readonly waves?: readonly WaveSpec[];
  readonly maxDevicesPerPromotion?: number;
  readonly renamedFrom?: Readonly<Record<string, string>>;
  /** Devices of each slice, by place in the order of slices; default: as many as it has buckets. */
  readonly devices?: (slice: number) => number;
}

/** A plan with these releases wanted, one cluster for each device. */
export function examplePlan(
  wanted: Readonly<Record<string, WantedRelease>>,
  { waves = EXAMPLE_WAVES, maxDevicesPerPromotion, renamedFrom = {}, devices }: ExamplePlan = {},
): PlanFile {
  const names = Object.keys(wanted);
  const none = { clusters: 0, devices: 0 };
  const sizes = SLICES.map(({ from, to }, index) => devices?.(index) ?? to - from);
  const waveOf = (to: number): WaveSpec => waves.find(({ percent }) => to <= cutOf(percent)) ?? waves.at(-1)!;
  const slices = SLICES.map(({ name, to }, index): PlannedSlice => {
    const count = { clusters: sizes[index]!, devices: sizes[index]! };
    return { name, wave: waveOf(to).name, classes: Object.fromEntries(names.map((of) => [of, count])) };
  });
  const plan: Plan = {
    fleet: 'example',
    salt: 'example-1',
    inventory: 'exact',
    total: none,
    classes: Object.fromEntries(
      names.map((name) => [
        name,
        {
          ...none,
          arch: 'amd64',
          k3s: '1.36',
          offline: 0.01,
          maxUnavailable: 2,
          clustersAllAtOnce: 0,
          regions: {},
          ...(renamedFrom[name] === undefined ? {} : { renamedFrom: renamedFrom[name] }),
        },
      ]),
    ),
    waves: waves.map(({ name, percent, soak = '0s', pause = '1h' }): PlannedWave => ({
      name,
      percent,
      soak,
      pause,
      slices: slices.filter(({ wave }) => wave === name).map((slice) => slice.name),
      total: none,
      classes: {},
    })),
    slices,
    gate: exampleSpec().rollout.gate,
    budget: maxDevicesPerPromotion === undefined ? {} : { maxDevicesPerPromotion },
    delivery: exampleSpec().delivery,
  };
  return { schemaVersion: 1, ...plan, wanted };
}

/** A release named by a digit, whose only workload has the version of the same digit. */
export const exampleRelease = (digit: number): WantedRelease => ({
  release: `r${String(digit).padStart(12, '0')}`,
  versions: { app: `v${String(digit).padStart(12, '0')}` },
});
