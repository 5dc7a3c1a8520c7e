import { defineRule } from '../check/rule.ts';
import type { Value } from '../gate/engines/argo-condition.ts';
import { exampleTemplate, GUARDED, judged, metricsOf } from './argo-objects.ts';
import { exampleObjects } from './example-objects.ts';

/** What Prometheus answers where it knows nothing. */
const NOTHING: readonly (readonly [what: string, value: Value])[] = [
  ['no series', []],
  ['NaN', [Number.NaN]],
];

export default defineRule({
  id: 'argo-analysis-no-data',
  on: 'objects',
  severity: 'error',
  summary: 'An answer of Prometheus that says nothing is neither a success nor a failure.',
  why: 'A version that never answers a request has no series, and a share of nothing is NaN. Where that counts as a success it promotes; where it counts as a failure a quiet night takes a good version back.',
  source: 'https://argo-rollouts.readthedocs.io/en/stable/analysis/prometheus/',
  since: '0.1.0',

  *check(subject) {
    for (const { placed, path, metric } of metricsOf(subject)) {
      const { successCondition = '', failureCondition = '', name } = metric;
      // What can only stop a rollout vouches for none.
      if (!metric.providers.includes('prometheus') || successCondition === '') continue;
      for (const [what, value] of NOTHING) {
        const outcome = judged(metric, value);
        if (typeof outcome !== 'string') {
          yield { notEvaluated: `metric ${name} of ${placed.object.metadata.name}: ${outcome.unread}` };
          break;
        }
        if (outcome !== 'Successful' && outcome !== 'Failed') continue;
        yield {
          path: `${path}/${outcome === 'Failed' && failureCondition !== '' ? 'failureCondition' : 'successCondition'}`,
          at: placed,
          message: `metric ${name}: ${what} counts as a ${outcome === 'Successful' ? 'success' : 'failure'}`,
          fix: 'write both conditions, each beginning with len(result) > 0 && !isNaN(result[0]) && …',
        };
      }
    }
  },

  examples: [
    {
      title: 'both conditions ask for a number first',
      subject: exampleObjects([exampleTemplate('errors', GUARDED)]),
      expect: [],
    },
    {
      title: 'one condition: NaN is not below, so it has failed; no series is an error, which is asked again',
      subject: exampleObjects([exampleTemplate('errors', { successCondition: 'result[0] <= 0.05' })]),
      expect: ['metric metric-0: NaN counts as a failure'],
    },
    {
      title: 'every one of no series is below',
      subject: exampleObjects([exampleTemplate('errors', { successCondition: 'all(result, # <= 0.05)' })]),
      expect: ['metric metric-0: no series counts as a success', 'metric metric-0: NaN counts as a failure'],
    },
    {
      title: 'NaN excused',
      subject: exampleObjects([
        exampleTemplate('errors', { successCondition: 'isNaN(result[0]) || result[0] <= 0.05' }),
      ]),
      expect: ['metric metric-0: NaN counts as a success'],
    },
    {
      title: 'only a failure condition, which can stop a rollout and vouch for none',
      subject: exampleObjects([exampleTemplate('errors', { failureCondition: 'result[0] > 0.05' })]),
      expect: [],
    },
    {
      title: 'a condition that is not read here',
      subject: exampleObjects([exampleTemplate('errors', { successCondition: 'sum(result) < 1' })]),
      expect: ['not evaluated: metric metric-0 of errors: the function sum is not known here'],
    },
  ],
});
