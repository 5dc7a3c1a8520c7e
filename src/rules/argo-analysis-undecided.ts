import { defineRule } from '../check/rule.ts';
import { effectiveCount, runMetric, type Outcome } from '../gate/engines/argo-metric.ts';
import { exampleTemplate, GUARDED, isThreeWay, metricsOf } from './argo-objects.ts';
import { exampleObjects } from './example-objects.ts';
import { counted } from './numbers.ts';

/** Looks that tell nothing, as many as a metric may take. */
function* knowingNothing(looks: number): Generator<Outcome> {
  for (let look = 0; look < looks; look += 1) yield 'Inconclusive';
}

/** More looks than anybody takes: the model need not go further. */
const MANY = 100_000;

export default defineRule({
  id: 'argo-analysis-undecided',
  on: 'objects',
  severity: 'error',
  summary: 'A metric that never knew anything does not promote.',
  why: 'Once `count` is reached, Argo Rollouts calls a metric Successful whatever was measured. Where all measurements may be inconclusive, a version goes on of which nobody heard anything.',
  source: 'https://argo-rollouts.readthedocs.io/en/stable/features/analysis/#inconclusive-runs',
  since: '0.1.0',

  *check(subject) {
    for (const { placed, path, metric } of metricsOf(subject)) {
      const count = effectiveCount(metric);
      if (!isThreeWay(metric) || count === undefined || count < 1) continue;
      if (runMetric(metric, knowingNothing(Math.min(count, MANY))).phase !== 'Successful') continue;
      yield {
        path: `${path}/consecutiveSuccessLimit`,
        at: placed,
        message: `metric ${metric.name}: ${counted(count, 'inconclusive measurement')} count as a success`,
        fix: 'set consecutiveSuccessLimit to 1 or more: without a success it is then inconclusive, which holds the rollout',
      };
    }
  },

  examples: [
    {
      title: 'a success is asked for',
      subject: exampleObjects([
        exampleTemplate('errors', {
          count: 12,
          inconclusiveLimit: 12,
          consecutiveSuccessLimit: 1,
          ...GUARDED,
        }),
      ]),
      expect: [],
    },
    {
      title: 'twelve inconclusive measurements of which twelve are fine',
      subject: exampleObjects([exampleTemplate('errors', { count: 12, inconclusiveLimit: 12, ...GUARDED })]),
      expect: ['metric metric-0: 12 inconclusive measurements count as a success'],
    },
    {
      title: 'eleven are fine: the twelfth holds the rollout',
      subject: exampleObjects([exampleTemplate('errors', { count: 12, inconclusiveLimit: 11, ...GUARDED })]),
      expect: [],
    },
    {
      title: 'one condition: what is not good is bad',
      subject: exampleObjects([
        exampleTemplate('errors', { count: 2, inconclusiveLimit: 2, successCondition: 'result[0] < 1' }),
      ]),
      expect: [],
    },
  ],
});
