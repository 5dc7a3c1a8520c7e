import { defineRule } from '../check/rule.ts';
import { formatDuration, parseDuration } from '../fleet/units.ts';
import { exampleFleet } from './example-fleet.ts';
import { modelServers } from './model-servers.ts';

/** Scrapes that a window must hold: two make a rate, and some are lost. */
const SCRAPES = 4;
/** Default of the definition. */
const SCRAPE_INTERVAL = '30s';

export default defineRule({
  id: 'window-covers-scrapes',
  on: 'fleet',
  severity: 'error',
  summary: "The gate's window holds at least four scrapes of telemetry.",
  why: 'Prometheus makes a rate of the samples within the window. With fewer than two there is no rate at all, so one lost scrape looks like a device without requests.',
  source: 'https://prometheus.io/docs/prometheus/latest/querying/functions/#rate',
  since: '0.1.0',

  *check({ spec }) {
    const { window } = spec.rollout.gate;
    for (const [workload, { telemetry }] of modelServers(spec)) {
      if (telemetry === undefined) continue;
      const { scrapeInterval = SCRAPE_INTERVAL } = telemetry;
      const needed = SCRAPES * parseDuration(scrapeInterval);
      if (parseDuration(window) >= needed) continue;
      yield {
        path: '/rollout/gate/window',
        message: `a window of ${window} holds less than ${SCRAPES} scrapes of ${workload}, which are ${scrapeInterval} apart`,
        fix: `set gate.window to ${formatDuration(needed)} or more, or shorten the scrapeInterval of ${workload}`,
      };
    }
  },

  examples: [
    { title: 'a window of 10m, a scrape every 30s', subject: exampleFleet(), expect: [] },
    {
      title: 'exactly four scrapes',
      subject: exampleFleet({ rollout: { gate: { window: '2m' } } }),
      expect: [],
    },
    {
      title: 'a scrape every 5m',
      subject: exampleFleet({ workloads: { inference: { telemetry: { scrapeInterval: '5m' } } } }),
      expect: ['a window of 10m holds less than 4 scrapes of inference, which are 5m apart'],
    },
  ],
});
