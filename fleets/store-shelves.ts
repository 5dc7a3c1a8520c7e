// Shelf cameras of 300 stores with one device each: too few for statistics, so people look before the next wave moves.
// Images, addresses and digests are examples.

import { containerServer, csv, defineFleet, flux, git, modelServer, telemetryAgent } from 'breakwater';
import { priceDigits } from './models/price-digits.ts';

export default defineFleet({
  name: 'store-shelves',
  classes: {
    'shelf-box': {
      arch: 'arm64',
      memory: '4Gi',
      cpu: '4',
      disk: '32Gi',
      k3s: '1.36',
      servers: 1,
      uplink: '10Mbit',
      availability: 'always-on',
      maxDevicesPerCluster: 1,
    },
  },
  inventory: csv('inventory/store-shelves.csv'),
  models: { 'price-digits': priceDigits },
  workloads: {
    inference: modelServer({
      model: 'price-digits',
      server: containerServer({
        image:
          'registry.example.com/stores/shelf-server@sha256:97f7e96538eb8ab603f8ab28fe330f16909545887a36b42048a981f519ff7fe9',
        args: ['--model-root=/models/price-digits', '--listen=:8080'],
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
        scrapeInterval: '60s',
        offline: '72h',
      }),
    }),
  },
  external: { secrets: ['remote-write'] },
  rollout: {
    salt: 'stores-1',
    waves: [
      { name: 'pilots', percent: 5, soak: '72h' },
      { name: 'third', percent: 35, soak: '72h', pause: '24h' },
      { name: 'rest', percent: 100, pause: '24h' },
    ],
    // Nobody promotes before a weekend of trade.
    freeze: [{ from: 'Fri 12:00', until: 'Mon 06:00', reason: 'shops are full at weekends' }],
    // 300 devices tell no 1 % from 2 %: people visit the pilots, and look at what is overdue.
    gate: { by: 'human', window: '1h', overdueAfter: '12h' },
    budget: { maxHarmedDevices: 40, maxDevicesPerPromotion: 40 },
  },
  delivery: flux({
    source: git({ url: 'https://git.example.com/stores.git', branch: 'main', secretRef: 'git' }),
    interval: '5m',
  }),
});
