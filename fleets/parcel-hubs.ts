// Sorting halls of a parcel service: in each of 60 a rack of eight boards shares the pictures of all its cameras. Too few
// halls for statistics between them, but in each enough traffic: a new version is tried on one replica of a hall first.
// Images, addresses and digests are examples.

import {
  argoRollouts,
  containerServer,
  defineFleet,
  flux,
  git,
  modelServer,
  telemetryAgent,
} from 'breakwater';
import { shelfGaps } from './models/shelf-gaps.ts';

export default defineFleet({
  name: 'parcel-hubs',
  classes: {
    rack: {
      arch: 'arm64',
      memory: '8Gi',
      cpu: '4',
      disk: '64Gi',
      k3s: '1.36',
      servers: 3,
      uplink: '50Mbit',
      availability: 'always-on',
      maxDevicesPerCluster: 8,
    },
  },
  inventory: [{ class: 'rack', region: 'south', clusters: 60, devicesPerCluster: 8 }],
  models: { 'shelf-gaps': shelfGaps },
  workloads: {
    inference: modelServer({
      model: 'shelf-gaps',
      server: containerServer({
        image:
          'registry.example.com/parcels/label-server@sha256:0c5f5a7b2f6d3e1b8a9c4d7e6f50312233445566778899aabbccddeeff001122',
        args: ['--model-root=/models/shelf-gaps', '--listen=:8080'],
        ports: { http: 8080 },
        ready: '/ready',
        // Without a model. An example, as the image is.
        baseMemory: '48Mi',
      }),
      memory: '192Mi',
      cpu: '1',
      loadTime: '30s',
      telemetry: telemetryAgent({
        image:
          'registry.example.com/prometheus/prometheus@sha256:1025f972a9e83dc095bfc4035a5a517cc1d68f3cbc16bd011066c76c8c58d1be',
        remoteWrite: { url: 'https://metrics.example.com/api/v1/write', secret: 'remote-write' },
        metrics: {
          errors: 'inference_requests_total{outcome="error"}',
          requests: 'inference_requests_total',
        },
      }),
      spread: { replicas: 6 },
      inCluster: argoRollouts({
        prometheus: 'http://prometheus.monitoring.svc:9090',
        thresholds: { baseline: 0.01, detect: 0.02, alpha: 0.01, beta: 0.01, ceiling: 0.1 },
        weights: [17, 50],
        watch: '30m',
      }),
    }),
  },
  external: { secrets: ['remote-write'] },
  rollout: {
    salt: 'parcels-1',
    waves: [
      { name: 'pilots', percent: 10, soak: '48h' },
      { name: 'third', percent: 35, soak: '48h' },
      { name: 'rest', percent: 100, pause: '13h' },
    ],
    gate: { by: 'human', window: '1h', overdueAfter: '12h', offline: { treatAs: 'overdue' } },
    budget: { maxHarmedDevices: 200, maxDevicesPerPromotion: 160 },
  },
  delivery: flux({
    source: git({ url: 'https://git.example.com/parcels.git', branch: 'main', secretRef: 'git' }),
    interval: '5m',
  }),
});
