// Shelf cameras of 300 stores with one device each: too few for statistics, so people look before the next wave moves.
// Images, addresses and digests are examples.

import { breakwaterServer, csv, defineFleet, flux, git, modelServer, telemetryAgent } from 'breakwater';
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
      // TensorFlow Serving has no arm64 image.
      server: breakwaterServer({
        image:
          'registry.example.com/breakwater/server@sha256:50ebccf5e006e37927a63478d57105fb9cf44ae729d9211d2737e7f2aa892927',
        // A digit of 28 × 28 as numbers takes 4 kB: two hundred fit in a request.
        maxBody: '1Mi',
      }),
      memory: '256Mi',
      cpu: '1',
      loadTime: '30s',
      telemetry: telemetryAgent({
        image:
          'registry.example.com/prometheus/prometheus@sha256:1025f972a9e83dc095bfc4035a5a517cc1d68f3cbc16bd011066c76c8c58d1be',
        remoteWrite: { url: 'https://metrics.example.com/api/v1/write', secret: 'remote-write' },
        metrics: {
          errors: ':tensorflow:serving:request_count{status!="OK"}',
          requests: ':tensorflow:serving:request_count',
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
