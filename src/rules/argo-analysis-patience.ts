import { defineRule } from '../check/rule.ts';
import { formatDuration } from '../fleet/units.ts';
import { CONSECUTIVE_ERROR_LIMIT, ERROR_RETRY_SECONDS } from '../gate/engines/argo-metric.ts';
import { exampleTemplate, GUARDED, metricsOf } from './argo-objects.ts';
import { exampleObjects } from './example-objects.ts';

/** Longest restart of a Prometheus on a small machine, in seconds; a judgement. */
const RESTART_SECONDS = 300;
const ENOUGH = Math.ceil(RESTART_SECONDS / ERROR_RETRY_SECONDS);

export default defineRule({
  id: 'argo-analysis-patience',
  on: 'objects',
  severity: 'warning',
  summary: 'A metric lives through a restart of what it asks.',
  why: 'After an error Argo Rollouts asks again every 10 seconds, and by default takes the rollout back at the fifth error in a row: a Prometheus that restarts takes good versions back.',
  source:
    'https://argo-rollouts.readthedocs.io/en/stable/features/analysis/#failure-conditions-and-failure-limit',
  since: '0.1.0',

  *check(subject) {
    for (const { placed, path, metric } of metricsOf(subject)) {
      // A job is an end in itself, and nobody's restart.
      if (metric.providers.length !== 1 || metric.providers[0] === 'job') continue;
      const limit = metric.consecutiveErrorLimit ?? CONSECUTIVE_ERROR_LIMIT;
      if (limit < 0 || limit >= ENOUGH) continue;
      yield {
        path: `${path}/consecutiveErrorLimit`,
        at: placed,
        message: `metric ${metric.name}: ${metric.providers[0]} may be away for ${formatDuration(limit * ERROR_RETRY_SECONDS * 1000)} (consecutiveErrorLimit ${limit}), and a restart takes up to ${formatDuration(RESTART_SECONDS * 1000)}`,
        fix: `set consecutiveErrorLimit to ${ENOUGH} or more`,
      };
    }
  },

  examples: [
    {
      title: 'a quarter of an hour',
      subject: exampleObjects([exampleTemplate('errors', { consecutiveErrorLimit: 90, ...GUARDED })]),
      expect: [],
    },
    {
      title: 'five minutes',
      subject: exampleObjects([exampleTemplate('errors', { consecutiveErrorLimit: 30, ...GUARDED })]),
      expect: [],
    },
    {
      title: 'what Argo Rollouts takes where nothing is said',
      subject: exampleObjects([exampleTemplate('errors', GUARDED)]),
      expect: [
        'metric metric-0: prometheus may be away for 40s (consecutiveErrorLimit 4), and a restart takes up to 5m',
      ],
    },
    {
      title: 'ten seconds short of five minutes',
      subject: exampleObjects([exampleTemplate('errors', { consecutiveErrorLimit: 29, ...GUARDED })]),
      expect: [
        'metric metric-0: prometheus may be away for 4m50s (consecutiveErrorLimit 29), and a restart takes up to 5m',
      ],
    },
  ],
});
