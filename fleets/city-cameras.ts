// Cameras of eight cities: 1,000,000 devices in 20,000 clusters, of three classes, one of them arm64 on an older K3s.
// Images, addresses and digests are examples.

import {
  breakwaterServer,
  byClass,
  csv,
  defineFleet,
  flux,
  modelServer,
  oci,
  telemetryAgent,
  tensorflowServing,
} from 'breakwater';
import { detector } from './models/detector.ts';
import { frameGrabber } from './workloads/frame-grabber.ts';

const serving = tensorflowServing({
  image:
    'registry.example.com/tensorflow/serving@sha256:cb18f087d31e8eb653cefd64d0077a033fbf8eeefd2bf46726e087cc0a96aed5',
  // Without a model. An example, as the image is: measure yours on the device.
  baseMemory: '220Mi',
});

export default defineFleet({
  name: 'city-cameras',
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
      maxDevicesPerCluster: 200,
      pull: 'shared',
    },
    'orin-nano': {
      arch: 'arm64',
      memory: '8Gi',
      cpu: '6',
      disk: '128Gi',
      k3s: '1.34',
      servers: 1,
      uplink: '5Mbit',
      availability: 'flaky',
      maxDevicesPerCluster: 20,
      accelerators: { 'nvidia.com/gpu': 1 },
      pull: 'shared',
      ignore: [
        {
          rule: 'k3s-supported',
          reason: 'the drivers of this board are proven with 1.34; 1.36 comes with its next system image',
          until: '2027-06-30',
        },
      ],
    },
    rack: {
      arch: 'amd64',
      memory: '64Gi',
      cpu: '16',
      disk: '512Gi',
      k3s: '1.36',
      servers: 3,
      uplink: '1Gbit',
      availability: 'always-on',
      maxDevicesPerCluster: 64,
      pull: 'shared',
    },
  },
  inventory: csv('inventory/city-cameras.csv'),
  models: { detector },
  workloads: {
    inference: modelServer({
      model: 'detector',
      server: byClass({
        n100: serving,
        // TensorFlow Serving has no arm64 image: Breakwater's own server, with the same paths and metrics.
        'orin-nano': breakwaterServer({
          image:
            'registry.example.com/breakwater/server@sha256:50ebccf5e006e37927a63478d57105fb9cf44ae729d9211d2737e7f2aa892927',
          // A picture of 320 × 320 as numbers; in base64 it is a quarter of it.
          maxBody: '8Mi',
        }),
        rack: serving,
      }),
      memory: '512Mi',
      cpu: byClass({ n100: '1', 'orin-nano': '1', rack: '2' }),
      loadTime: byClass({ n100: '60s', 'orin-nano': '120s', rack: '30s' }),
      // K3s 1.34 has no image volumes: the same model appended to a small image with cp.
      copier:
        'registry.example.com/models/detector-copier@sha256:10363d34c3e6ce4dfc05ebd4de42c4a2c411340e4663bdbd5e1447a814230605',
      telemetry: telemetryAgent({
        image:
          'registry.example.com/prometheus/prometheus@sha256:1025f972a9e83dc095bfc4035a5a517cc1d68f3cbc16bd011066c76c8c58d1be',
        memory: '128Mi',
        remoteWrite: { url: 'https://metrics.example.com/api/v1/write', secret: 'remote-write' },
        metrics: {
          errors: ':tensorflow:serving:request_count{status!="OK"}',
          requests: ':tensorflow:serving:request_count',
          latency: ':tensorflow:serving:request_latency',
          // In microseconds: one of the bounds of both servers' histograms.
          slowAbove: 393_464,
          restarts: ':tensorflow:serving:request_count',
        },
        offline: '48h',
      }),
    }),
    'frame-grabber': frameGrabber,
  },
  external: { secrets: ['remote-write'], imagePullSecrets: ['registry'] },
  rollout: {
    salt: 'city-1',
    waves: [
      { name: 'canary', percent: 0.1, soak: '24h' },
      { name: 'main', percent: 10, soak: '24h', pause: '7h' },
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
      offline: { treatAs: 'overdue' },
      // Examples: measure how alike the requests of one camera fail, and the cameras of one site.
      correlation: { device: 0.05, cluster: 0.002 },
    },
    budget: { maxHarmedDevices: 3_000, maxDevicesPerPromotion: 60_000 },
  },
  delivery: flux({
    source: oci({
      url: 'oci://registry.example.com/fleets/city-cameras',
      secretRef: 'registry',
      limit: { requestsPerSecond: 200 },
    }),
    interval: '10m',
  }),
  ignore: [
    {
      rule: 'detect-within-budget',
      reason:
        'one picture in a hundred is lost on the way from the camera too; the next one comes half a second later',
    },
  ],
});
