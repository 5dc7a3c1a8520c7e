// The smallest fleet that makes sense: the textbook rollout of 1, 10 and 100 % with a ceiling of 5 %, made safe.
// Images, addresses and digests are examples.

import { defineFleet, flux, modelServer, oci, telemetryAgent, tensorflowServing } from 'breakwater';
import { digits } from './models/digits.ts';

export default defineFleet({
  name: 'hello-edge',
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
  inventory: [{ class: 'mini-pc', region: 'north', clusters: 50_000, devicesPerCluster: 1 }],
  models: { digits },
  workloads: {
    inference: modelServer({
      model: 'digits',
      server: tensorflowServing({
        image:
          'registry.example.com/tensorflow/serving@sha256:cb18f087d31e8eb653cefd64d0077a033fbf8eeefd2bf46726e087cc0a96aed5',
        // Without a model. An example, as the image is: measure yours on the device.
        baseMemory: '220Mi',
      }),
      memory: '512Mi',
      cpu: '1',
      telemetry: telemetryAgent({
        image:
          'registry.example.com/prometheus/prometheus@sha256:1025f972a9e83dc095bfc4035a5a517cc1d68f3cbc16bd011066c76c8c58d1be',
        remoteWrite: { url: 'https://metrics.example.com/api/v1/write', secret: 'remote-write' },
        metrics: {
          errors: ':tensorflow:serving:request_count{status!="OK"}',
          requests: ':tensorflow:serving:request_count',
        },
      }),
    }),
  },
  external: { secrets: ['remote-write'] },
  rollout: {
    salt: 'hello-1',
    waves: [
      { name: 'canary', percent: 1, soak: '24h' },
      { name: 'early', percent: 10, soak: '24h', pause: '7h' },
      { name: 'rest', percent: 100, pause: '7h' },
    ],
    gate: {
      baseline: 0.005,
      detect: 0.01,
      alpha: 0.01,
      beta: 0.01,
      ceiling: 0.05,
      window: '10m',
      overdueAfter: '6h',
      // An example: measure how alike the requests of one device fail.
      correlation: { device: 0.1 },
    },
    budget: { maxHarmedDevices: 600, maxDevicesPerPromotion: 5_000 },
  },
  delivery: flux({
    source: oci({ url: 'oci://registry.example.com/fleets/hello-edge', limit: { requestsPerSecond: 100 } }),
    interval: '10m',
  }),
});
