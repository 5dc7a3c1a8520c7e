import { asList, asText, within } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { effectiveCount } from '../gate/engines/argo-metric.ts';
import { argoObjects, exampleArgoRollout, exampleTemplate, GUARDED, metricsIn } from './argo-objects.ts';
import { exampleObjects } from './example-objects.ts';

export default defineRule({
  id: 'argo-analysis-ends',
  on: 'objects',
  severity: 'error',
  summary: 'An analysis that is a step of a rollout comes to an end.',
  why: 'A metric with an interval and without a count is measured for ever. As a step it holds the rollout until somebody ends it, and what is ended counts as Successful.',
  source: 'https://argo-rollouts.readthedocs.io/en/stable/features/analysis/#inline-analysis',
  since: '0.1.0',

  *check(subject) {
    const templates = argoObjects(subject, 'AnalysisTemplate', 'ClusterAnalysisTemplate');
    for (const placed of argoObjects(subject, 'Rollout')) {
      for (const [index, step] of asList(
        within(placed.object, 'spec', 'strategy', 'canary', 'steps'),
      ).entries()) {
        for (const [place, template] of asList(within(step, 'analysis', 'templates')).entries()) {
          const name = asText(within(template, 'templateName'));
          const found = templates.find(({ object }) => object.metadata.name === name);
          const endless = (found === undefined ? [] : metricsIn(found)).filter(
            ({ metric }) =>
              effectiveCount(metric) === undefined && (metric.consecutiveSuccessLimit ?? 0) === 0,
          );
          for (const { metric } of endless)
            yield {
              path: `/spec/strategy/canary/steps/${index}/analysis/templates/${place}`,
              at: placed,
              message: `step ${index} waits for metric ${metric.name} of ${name}, which has no count and never ends well`,
              fix: 'set its count, or move the template to strategy.canary.analysis, which runs beside the steps',
            };
        }
      }
    }
  },

  examples: [
    {
      title: 'a step with a count',
      subject: exampleObjects([
        exampleTemplate('decide', { count: 12, ...GUARDED }),
        exampleArgoRollout([{ analysis: { templates: [{ templateName: 'decide' }] } }]),
      ]),
      expect: [],
    },
    {
      title: 'no count, beside the steps',
      subject: exampleObjects([
        exampleTemplate('watch', GUARDED),
        exampleArgoRollout([{ setWeight: 25 }], { analysis: { templates: [{ templateName: 'watch' }] } }),
      ]),
      expect: [],
    },
    {
      title: 'no count and no interval: measured once',
      subject: exampleObjects([
        exampleTemplate('once', { interval: '', ...GUARDED }),
        exampleArgoRollout([{ analysis: { templates: [{ templateName: 'once' }] } }]),
      ]),
      expect: [],
    },
    {
      title: 'no count, as a step',
      subject: exampleObjects([
        exampleTemplate('watch', GUARDED),
        exampleArgoRollout([{ setWeight: 25 }, { analysis: { templates: [{ templateName: 'watch' }] } }]),
      ]),
      expect: ['step 1 waits for metric metric-0 of watch, which has no count and never ends well'],
    },
  ],
});
