import { defineRule } from '../check/rule.ts';
import { formatDuration, parseDuration } from '../fleet/units.ts';
import { exampleFleet } from './example-fleet.ts';

/** What Flux's documentation of Kustomizations asks for at least. */
const MINIMUM_MS = 60_000;

export default defineRule({
  id: 'interval-minimum',
  on: 'fleet',
  severity: 'error',
  summary: 'Clusters ask the source once a minute at most.',
  why: 'Flux asks for an interval of at least 60 seconds. Shorter ones burn uplink and the CPU of the board without a release arriving any sooner than its images do.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#interval',
  since: '0.1.0',

  *check({ spec }) {
    if (spec.delivery.kind !== 'flux') return;
    const { interval } = spec.delivery;
    if (parseDuration(interval) >= MINIMUM_MS) return;
    yield {
      path: '/delivery/interval',
      message: `an interval of ${interval} is below Flux's minimum of ${formatDuration(MINIMUM_MS)}`,
      fix: `set delivery.interval to ${formatDuration(MINIMUM_MS)} or more`,
    };
  },

  examples: [
    { title: 'ten minutes', subject: exampleFleet(), expect: [] },
    {
      title: 'sixty seconds',
      subject: exampleFleet({ delivery: { interval: '60s' } }),
      expect: [],
    },
    {
      title: 'less than a minute',
      subject: exampleFleet({ delivery: { interval: '59s' } }),
      expect: ["an interval of 59s is below Flux's minimum of 1m"],
    },
  ],
});
