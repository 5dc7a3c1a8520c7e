/** A first fleet: small, valid, and a pattern to change. */
export const fleetTemplate = (name: string): string => `import {
  defineFleet,
  defineModel,
  flux,
  git,
  modelServer,
  telemetryAgent,
  tensorflowServing,
} from 'breakwater';

// Images and addresses are examples: put your own in their place, pinned by digest.
const detector = defineModel({
  name: 'detector',
  image: 'registry.example.com/models/detector@sha256:${'1'.repeat(64)}',
  size: '12Mi',
  peakMemory: '96Mi',
});

export default defineFleet({
  name: '${name}',
  classes: {
    'mini-pc': {
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
  // Clusters that have no names yet. Once they do: csv('inventory/${name}.csv').
  inventory: [{ class: 'mini-pc', region: 'north', clusters: 1_000, devicesPerCluster: 1 }],
  models: { detector },
  workloads: {
    inference: modelServer({
      model: 'detector',
      server: tensorflowServing({
        image: 'registry.example.com/tensorflow/serving@sha256:${'2'.repeat(64)}',
        // Without a model. An example, as the image is: measure yours on the device.
        baseMemory: '220Mi',
      }),
      memory: '512Mi',
      cpu: '1',
      telemetry: telemetryAgent({
        image: 'registry.example.com/prometheus/prometheus@sha256:${'3'.repeat(64)}',
        memory: '128Mi',
        remoteWrite: { url: 'https://metrics.example.com/api/v1/write', secret: 'remote-write' },
        metrics: {
          errors: ':tensorflow:serving:request_count{status!="OK"}',
          requests: ':tensorflow:serving:request_count',
        },
      }),
    }),
  },
  // Made by others in the fleet's namespace; never generated.
  external: { secrets: ['remote-write'] },
  rollout: {
    // Decides which clusters go first. Fixed for the fleet's life.
    salt: '${name}-1',
    waves: [
      { name: 'canary', percent: 10, soak: '24h' },
      { name: 'half', percent: 50, soak: '24h' },
      { name: 'rest', percent: 100 },
    ],
    // People look at each wave: a hundred devices tell no half percent of failures from one. A larger fleet lets
    // evidence decide: { baseline: 0.005, detect: 0.01, alpha: 0.01, beta: 0.01, ceiling: 0.05, window: '10m', … }
    gate: { by: 'human', window: '10m', overdueAfter: '6h' },
    budget: { maxHarmedDevices: 500, maxDevicesPerPromotion: 400 },
  },
  delivery: flux({
    source: git({ url: 'https://git.example.com/fleets.git', branch: 'main', limit: { requestsPerSecond: 50 } }),
    interval: '10m',
  }),
});
`;
