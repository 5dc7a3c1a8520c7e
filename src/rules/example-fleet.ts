import type { FleetSubject } from '../check/rule.ts';
import type { ClusterRow } from '../fleet/loaded-fleet.ts';
import type { ClassSpec, FleetSpec } from '../fleet/spec.ts';
import { planFleet } from '../plan/waves.ts';
import { exampleImage } from './example-objects.ts';

/** A part of a value: what is left out stays, `undefined` takes away, lists replace lists. */
export type Overrides<T> = T extends readonly unknown[] | ((...args: never[]) => unknown)
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Overrides<T[K]> | undefined }
    : T;

/** A second class, for examples that need one. */
export const ORIN_NANO: ClassSpec = {
  arch: 'arm64',
  memory: '8Gi',
  cpu: '6',
  disk: '128Gi',
  k3s: '1.36',
  servers: 1,
  uplink: '5Mbit',
  availability: 'flaky',
  maxDevicesPerCluster: 20,
  accelerators: { 'nvidia.com/gpu': 1 },
};

/** 100,000 clusters of one device: enough for a canary of 1 % to tell 0.5 % failures from 1.5 %. */
const EXAMPLE: FleetSpec = {
  name: 'example',
  classes: {
    n100: {
      arch: 'amd64',
      memory: '8Gi',
      cpu: '4',
      disk: '64Gi',
      k3s: '1.36',
      servers: 1,
      uplink: '20Mbit',
      availability: 'always-on',
      maxDevicesPerCluster: 1,
    },
  },
  inventory: [{ class: 'n100', region: 'eu', clusters: 100_000, devicesPerCluster: 1 }],
  models: {
    detector: { name: 'detector', image: exampleImage('models/detector'), size: '5Mi', peakMemory: '64Mi' },
  },
  workloads: {
    inference: {
      kind: 'model-server',
      model: 'detector',
      server: { kind: 'tensorflow-serving', image: exampleImage('tensorflow/serving') },
      memory: '512Mi',
      cpu: '1',
      telemetry: {
        image: exampleImage('prometheus'),
        remoteWrite: { url: 'https://metrics.example.com/api/v1/write', secret: 'remote-write' },
        metrics: { errors: 'inference_errors_total', requests: 'inference_requests_total' },
      },
    },
  },
  external: { secrets: ['remote-write'] },
  rollout: {
    salt: 'example-1',
    waves: [
      { name: 'canary', percent: 1, soak: '24h' },
      { name: 'early', percent: 10, soak: '24h' },
      { name: 'rest', percent: 100, pause: '2h' },
    ],
    gate: {
      baseline: 0.005,
      detect: 0.01,
      alpha: 0.05,
      beta: 0.05,
      ceiling: 0.05,
      window: '10m',
      overdueAfter: '6h',
      offline: { treatAs: 'overdue' },
      correlation: { device: 0.5 },
    },
    budget: { maxHarmedDevices: 2000, maxDevicesPerPromotion: 10_000 },
  },
  delivery: {
    kind: 'flux',
    source: {
      kind: 'oci',
      url: 'oci://registry.example.com/fleets/example',
      limit: { requestsPerSecond: 500 },
    },
    interval: '10m',
  },
};

/**
 * A fleet that passes every rule, changed where an example needs it.
 *
 * The plan is made when it is asked for: rules are loaded with their examples on every run.
 *
 * @param rows named clusters, instead of the counts in `inventory`
 * @param base what is changed: for more than one set of overrides, one after the other
 */
export function exampleFleet(
  overrides: Overrides<FleetSpec> = {},
  rows?: readonly ClusterRow[],
  base: FleetSpec = EXAMPLE,
): FleetSubject {
  const merged = merge(base, overrides) as FleetSpec;
  const spec: FleetSpec = rows ? { ...merged, inventory: { kind: 'csv', path: 'example.csv' } } : merged;
  let plan: FleetSubject['plan'] | undefined;
  return {
    spec,
    get plan() {
      return (plan ??= planFleet(spec, rows));
    },
  };
}

/** Named clusters for examples: `site-1`, `site-2` … with one device each, all pinned to `slice` where one is given. */
export const exampleRows = (
  clusters: number,
  { class: name = 'n100', devices = 1, slice }: { class?: string; devices?: number; slice?: string } = {},
): ClusterRow[] =>
  Array.from({ length: clusters }, (_, index) => ({
    cluster: `${name}-${slice?.replace('.', '-') ?? 'site'}-${index + 1}`,
    class: name,
    region: 'eu',
    devices,
    line: index + 2,
    ...(slice === undefined ? {} : { slice }),
  }));

function merge(base: unknown, overrides: unknown): unknown {
  if (!isMapping(base) || !isMapping(overrides)) return overrides;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(overrides)) {
    if (value === undefined) delete merged[key];
    else merged[key] = key in base ? merge(base[key], value) : value;
  }
  return merged;
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
