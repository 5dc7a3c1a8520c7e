import { flux, git, modelServer, telemetryAgent, tensorflowServing } from '../../src/index.ts';
import type { FleetSpec } from '../../src/fleet/spec.ts';

/** An image of the given name, by a digest that is easy to tell. */
export const image = (name: string, digit = '1'): string =>
  `registry.example.com/${name}@sha256:${digit.repeat(64)}`;

/** A small valid fleet of two classes, one of them too old for image volumes. */
export const sampleFleet = (overrides: Partial<FleetSpec> = {}): FleetSpec => ({
  name: 'sample',
  classes: {
    new: {
      arch: 'amd64',
      memory: '8Gi',
      cpu: '4',
      disk: '64Gi',
      k3s: '1.36',
      servers: 1,
      uplink: '20Mbit',
      availability: 'always-on',
      maxDevicesPerCluster: 50,
    },
    old: {
      arch: 'arm64',
      memory: '4Gi',
      cpu: '4',
      disk: '32Gi',
      k3s: '1.34',
      servers: 1,
      uplink: '5Mbit',
      availability: 'flaky',
      maxDevicesPerCluster: 20,
    },
  },
  inventory: [
    { class: 'new', region: 'north', clusters: 100, devicesPerCluster: 10 },
    { class: 'old', region: 'south', clusters: 50, devicesPerCluster: 4 },
  ],
  models: {
    digits: { name: 'digits', image: image('models/digits', '2'), size: '5Mi', peakMemory: '20Mi' },
  },
  workloads: {
    inference: modelServer({
      model: 'digits',
      server: tensorflowServing({ image: image('serving', '3') }),
      memory: '512Mi',
      cpu: '1',
      copier: image('models/digits-copier', '4'),
      telemetry: telemetryAgent({
        image: image('prometheus', '5'),
        remoteWrite: { url: 'https://metrics.example.com/api/v1/write', secret: 'remote-write' },
        metrics: {
          errors: ':tensorflow:serving:request_count{status!="OK"}',
          requests: ':tensorflow:serving:request_count',
          latency: ':tensorflow:serving:request_latency_bucket',
        },
      }),
    }),
  },
  external: { secrets: ['remote-write'] },
  rollout: {
    salt: 'sample-1',
    waves: [
      { name: 'canary', percent: 1, soak: '1h' },
      { name: 'rest', percent: 100 },
    ],
    gate: { baseline: 0.005, detect: 0.01, alpha: 0.01, beta: 0.01, window: '10m' },
  },
  delivery: flux({
    source: git({ url: 'https://git.example.com/fleets.git', branch: 'main' }),
    interval: '10m',
  }),
  ...overrides,
});
