import { defineRule } from '../check/rule.ts';
import { analysisErrors } from '../gate/engines/argo-metric-errors.ts';
import { argoObjects, exampleTemplate, GUARDED, metricsIn } from './argo-objects.ts';
import { exampleObjects } from './example-objects.ts';

export default defineRule({
  id: 'argo-analysis-valid',
  on: 'objects',
  severity: 'error',
  summary: 'Argo Rollouts accepts the metrics of an analysis.',
  why: 'The API server knows types alone. What Argo Rollouts refuses ends in an error when a rollout gets to it, and an analysis in error takes the rollout back.',
  source: 'https://argo-rollouts.readthedocs.io/en/stable/features/analysis/',
  since: '0.1.0',

  *check(subject) {
    for (const placed of argoObjects(subject, 'AnalysisTemplate', 'ClusterAnalysisTemplate', 'AnalysisRun')) {
      const metrics = metricsIn(placed);
      // A template may be made of others alone.
      if (metrics.length === 0 && placed.object.kind !== 'AnalysisRun') continue;
      for (const { index, field, message, fix } of analysisErrors(metrics.map(({ metric }) => metric))) {
        const at = index === undefined ? '' : `/${index}${field === '' ? '' : `/${field}`}`;
        const name = index === undefined ? '' : `metric ${metrics[index]!.metric.name || index}: `;
        yield { path: `/spec/metrics${at}`, at: placed, message: `${name}${message}`, fix };
      }
    }
  },

  examples: [
    {
      title: 'three looks of which one may fail',
      subject: exampleObjects([exampleTemplate('errors', { count: 3, failureLimit: 1, ...GUARDED })]),
      expect: [],
    },
    {
      title: 'as many looks as failures and successes together: the fewest there may be',
      subject: exampleObjects([
        exampleTemplate('errors', { count: 3, failureLimit: 2, consecutiveSuccessLimit: 1, ...GUARDED }),
      ]),
      expect: [],
    },
    {
      title: 'one look too few',
      subject: exampleObjects([
        exampleTemplate('errors', { count: 2, failureLimit: 2, consecutiveSuccessLimit: 1, ...GUARDED }),
      ]),
      expect: ['metric metric-0: count 2 is below failureLimit 2 and consecutiveSuccessLimit 1 together'],
    },
    {
      title: 'nothing can decide',
      subject: exampleObjects([exampleTemplate('errors', { failureLimit: -1, ...GUARDED })]),
      expect: ['metric metric-0: failureLimit -1 and consecutiveSuccessLimit 0: nothing can decide'],
    },
    {
      title: 'two looks without a time between them',
      subject: exampleObjects([exampleTemplate('errors', { count: 2, interval: '' })]),
      expect: ['metric metric-0: count is 2 and there is no interval'],
    },
    {
      title: 'days, which Go does not know',
      subject: exampleObjects([exampleTemplate('errors', { count: 2, interval: '1d' })]),
      expect: ['metric metric-0: interval "1d" is not a duration'],
    },
    {
      title: 'two metrics of one name, and one with two providers',
      subject: exampleObjects([
        exampleTemplate('errors', { name: 'a' }, { name: 'a', provider: { prometheus: {}, web: {} } }),
      ]),
      expect: [
        `metric a: the name "a" is metric 0's too`,
        'metric a: the metric has the providers prometheus and web',
      ],
    },
  ],
});
