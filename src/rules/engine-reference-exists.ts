import { asList, asRecord, asText, step, within } from '../check/json.ts';
import { defineRule, type PlacedObject } from '../check/rule.ts';
import { exampleArgoRollout, exampleTemplate, GUARDED } from './argo-objects.ts';
import { exampleDeployment, exampleObject, exampleObjects } from './example-objects.ts';

/** An object that an engine looks up by name. */
interface Reference {
  readonly kind: string;
  readonly name: string;
  readonly path: string;
}

const named = (kind: string, value: unknown, path: string): readonly Reference[] => {
  const name = asText(value);
  return name === undefined || name === '' ? [] : [{ kind, name, path }];
};

/** The analyses of a list of templates; those of the cluster are made by others. */
const templatesIn = (analysis: unknown, path: string): readonly Reference[] =>
  asList(within(analysis, 'templates')).flatMap((template, index) =>
    within(template, 'clusterScope') === true
      ? []
      : named(
          'AnalysisTemplate',
          within(template, 'templateName'),
          `${path}/templates/${index}/templateName`,
        ),
  );

function ofRollout({ object }: PlacedObject): readonly Reference[] {
  const canary = asRecord(within(object, 'spec', 'strategy', 'canary'));
  const blueGreen = asRecord(within(object, 'spec', 'strategy', 'blueGreen'));
  const at = '/spec/strategy';
  const ref = within(object, 'spec', 'workloadRef');
  return [
    ...named(asText(within(ref, 'kind')) ?? 'Deployment', within(ref, 'name'), '/spec/workloadRef/name'),
    ...templatesIn(canary['analysis'], `${at}/canary/analysis`),
    ...asList(canary['steps']).flatMap((one, index) =>
      templatesIn(within(one, 'analysis'), `${at}/canary/steps/${index}/analysis`),
    ),
    ...(['canaryService', 'stableService'] as const).flatMap((field) =>
      named('Service', canary[field], `${at}/canary${step(field)}`),
    ),
    ...(['activeService', 'previewService'] as const).flatMap((field) =>
      named('Service', blueGreen[field], `${at}/blueGreen${step(field)}`),
    ),
  ];
}

function ofCanary({ object }: PlacedObject): readonly Reference[] {
  const target = within(object, 'spec', 'targetRef');
  const scaler = within(object, 'spec', 'autoscalerRef');
  const metrics = asList(within(object, 'spec', 'analysis', 'metrics'));
  return [
    ...named(asText(within(target, 'kind')) ?? 'Deployment', within(target, 'name'), '/spec/targetRef/name'),
    ...named(asText(within(scaler, 'kind')) ?? '', within(scaler, 'name'), '/spec/autoscalerRef/name'),
    ...metrics.flatMap((metric, index) =>
      within(metric, 'templateRef', 'namespace') === undefined
        ? named(
            'MetricTemplate',
            within(metric, 'templateRef', 'name'),
            `/spec/analysis/metrics/${index}/templateRef/name`,
          )
        : [],
    ),
  ];
}

function referencesOf(placed: PlacedObject): readonly Reference[] {
  const { apiVersion, kind } = placed.object;
  if (kind === 'Rollout' && apiVersion.startsWith('argoproj.io/')) return ofRollout(placed);
  return kind === 'Canary' && apiVersion.startsWith('flagger.app/') ? ofCanary(placed) : [];
}

export default defineRule({
  id: 'engine-reference-exists',
  on: 'objects',
  severity: 'error',
  summary: 'What a Rollout or a Canary refers to is there.',
  why: 'Argo Rollouts and Flagger look these objects up when they need them: a rollout whose analysis is missing stops as invalid, in front of the first device of every cluster.',
  source: 'https://argo-rollouts.readthedocs.io/en/stable/features/analysis/',
  since: '0.1.0',

  *check({ objects, complete }) {
    // Files that were given alone may refer to others.
    if (!complete) return;
    for (const placed of objects) {
      for (const { kind, name, path } of referencesOf(placed)) {
        const isThere = objects.some(({ object }) => object.kind === kind && object.metadata.name === name);
        if (isThere) continue;
        yield {
          path,
          at: placed,
          message: `the ${placed.object.kind} refers to ${kind} ${name}, which is not made here`,
          fix: `make ${kind} ${name}, or correct the name`,
        };
      }
    }
  },

  examples: [
    {
      title: 'a template that is there, and one of the cluster',
      subject: exampleObjects([
        exampleTemplate('decide', { count: 3, ...GUARDED }),
        exampleArgoRollout([
          {
            analysis: {
              templates: [{ templateName: 'decide' }, { templateName: 'all', clusterScope: true }],
            },
          },
        ]),
      ]),
      expect: [],
    },
    {
      title: 'a misspelt template and a Service that nobody makes',
      subject: exampleObjects([
        exampleTemplate('decide', { count: 3, ...GUARDED }),
        exampleArgoRollout([{ analysis: { templates: [{ templateName: 'decides' }] } }], {
          stableService: 'stable',
        }),
      ]),
      expect: [
        'the Rollout refers to AnalysisTemplate decides, which is not made here',
        'the Rollout refers to Service stable, which is not made here',
      ],
    },
    {
      title: 'a Deployment that is referred to',
      subject: exampleObjects([
        exampleDeployment({}, { replicas: 0 }),
        exampleArgoRollout(
          [],
          {},
          { template: undefined, workloadRef: { kind: 'Deployment', name: 'inference' } },
        ),
      ]),
      expect: [],
    },
    {
      title: 'a Canary of a Deployment and a metric that are not there',
      subject: exampleObjects([
        exampleObject('Canary', 'inference', {
          apiVersion: 'flagger.app/v1beta1',
          spec: {
            targetRef: { kind: 'Deployment', name: 'inference' },
            analysis: { metrics: [{ name: 'errors', templateRef: { name: 'errors' } }] },
          },
        }),
      ]),
      expect: [
        'the Canary refers to Deployment inference, which is not made here',
        'the Canary refers to MetricTemplate errors, which is not made here',
      ],
    },
    {
      title: 'files that are given alone',
      subject: exampleObjects(
        [exampleArgoRollout([{ analysis: { templates: [{ templateName: 'elsewhere' }] } }])],
        { complete: false },
      ),
      expect: [],
    },
  ],
});
