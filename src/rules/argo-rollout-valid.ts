import { asList, asRecord, within, type Json } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { argoObjects, exampleArgoRollout } from './argo-objects.ts';
import { exampleObjects } from './example-objects.ts';

/** Argo Rollouts' own, in seconds. */
const PROGRESS_DEADLINE = 600;
/** Argo Rollouts' own. */
const REVISION_HISTORY = 10;

interface Said {
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}
const say = (path: string, message: string, fix: string): Said => ({ path, message, fix });

const isZero = (value: unknown): boolean => value === 0 || value === '0' || value === '0%';

function* canaryProblems(canary: Json): Generator<Said> {
  const at = '/spec/strategy/canary';
  if (isZero(canary['maxSurge']) && isZero(canary['maxUnavailable']))
    yield say(
      `${at}/maxSurge`,
      'maxSurge and maxUnavailable are both 0: no pod may come and none may go',
      'set maxUnavailable to 1',
    );
  const { canaryService, stableService } = canary;
  if (canaryService !== undefined && canaryService === stableService)
    yield say(
      `${at}/stableService`,
      `canaryService and stableService are both ${JSON.stringify(canaryService)}`,
      'give each a Service of its own',
    );
  yield* affinityProblems(canary, at);
}

/** Pods of the new version away from those of the old: one way, with a weight if it is a wish. */
function* affinityProblems(strategy: Json, at: string): Generator<Said> {
  if (strategy['antiAffinity'] === undefined) return;
  const kinds = asRecord(strategy['antiAffinity']);
  const preferred = kinds['preferredDuringSchedulingIgnoredDuringExecution'];
  const required = kinds['requiredDuringSchedulingIgnoredDuringExecution'];
  if ((preferred === undefined) === (required === undefined))
    yield say(
      `${at}/antiAffinity`,
      `antiAffinity is ${preferred === undefined ? 'neither preferred nor required' : 'both preferred and required'}`,
      'write one of them',
    );
  const weight = within(preferred, 'weight');
  if (typeof weight === 'number' && (weight < 1 || weight > 100))
    yield say(
      `${at}/antiAffinity/preferredDuringSchedulingIgnoredDuringExecution/weight`,
      `antiAffinity has a weight of ${weight}, of 1 to 100`,
      'write a weight of 1 to 100',
    );
}

function* blueGreenProblems(blueGreen: Json, history: number): Generator<Said> {
  const at = '/spec/strategy/blueGreen';
  const { activeService, previewService, scaleDownDelayRevisionLimit: kept } = blueGreen;
  if (activeService === previewService)
    yield say(
      `${at}/activeService`,
      `activeService and previewService are both ${JSON.stringify(activeService)}`,
      'give each a Service of its own',
    );
  if (typeof kept === 'number' && kept > history)
    yield say(
      `${at}/scaleDownDelayRevisionLimit`,
      `scaleDownDelayRevisionLimit ${kept} is above revisionHistoryLimit ${history}`,
      `write ${history} or less`,
    );
  yield* affinityProblems(blueGreen, at);
}

const isEmptySelector = (selector: unknown): boolean =>
  Object.keys(asRecord(within(selector, 'matchLabels'))).length === 0 &&
  asList(within(selector, 'matchExpressions')).length === 0;

function* problemsOf(spec: Json): Generator<Said> {
  const { canary, blueGreen } = asRecord(spec['strategy']);
  const refers = spec['workloadRef'] !== undefined;
  if (refers && asList(within(spec['template'], 'spec', 'containers')).length > 0)
    yield say('/spec/template', 'workloadRef and template both say what the pods are', 'remove one of them');
  if (!refers && isEmptySelector(spec['selector']))
    yield say(
      '/spec/selector',
      spec['selector'] === undefined ? 'there is no selector' : 'the selector is empty',
      'add the selector of its pods',
    );
  if ((canary === undefined) === (blueGreen === undefined))
    yield say(
      '/spec/strategy',
      `the strategy is ${canary === undefined ? 'neither canary nor blueGreen' : 'both canary and blueGreen'}`,
      'write one of them',
    );
  const { progressDeadlineSeconds, minReadySeconds } = spec;
  const deadline = typeof progressDeadlineSeconds === 'number' ? progressDeadlineSeconds : PROGRESS_DEADLINE;
  if (typeof minReadySeconds === 'number' && deadline <= minReadySeconds)
    yield say(
      '/spec/progressDeadlineSeconds',
      `progressDeadlineSeconds ${deadline} is not above minReadySeconds ${minReadySeconds}`,
      `set progressDeadlineSeconds above ${minReadySeconds}`,
    );
  const { revisionHistoryLimit: history } = spec;
  if (blueGreen !== undefined)
    yield* blueGreenProblems(asRecord(blueGreen), typeof history === 'number' ? history : REVISION_HISTORY);
  if (canary !== undefined) yield* canaryProblems(asRecord(canary));
}

export default defineRule({
  id: 'argo-rollout-valid',
  on: 'objects',
  severity: 'error',
  summary: 'Argo Rollouts accepts what a Rollout says.',
  why: 'The API server takes it, since only types are declared. Argo Rollouts then calls it invalid and does nothing: the pods stay at the version before, and only the status of the Rollout says why.',
  source: 'https://argo-rollouts.readthedocs.io/en/stable/features/specification/',
  since: '0.1.0',

  *check(subject) {
    for (const placed of argoObjects(subject, 'Rollout'))
      for (const said of problemsOf(asRecord(placed.object['spec']))) yield { ...said, at: placed };
  },

  examples: [
    {
      title: 'no pod may come and none may go',
      subject: exampleObjects([exampleArgoRollout([], { maxSurge: 0, maxUnavailable: '0%' })]),
      expect: ['maxSurge and maxUnavailable are both 0: no pod may come and none may go'],
    },
    {
      title: 'one pod may go',
      subject: exampleObjects([exampleArgoRollout([], { maxSurge: 0, maxUnavailable: 1 })]),
      expect: [],
    },
    {
      title: 'a template beside a reference, and two Services that are one',
      subject: exampleObjects([
        exampleArgoRollout(
          [],
          { canaryService: 'a', stableService: 'a' },
          { workloadRef: { kind: 'Deployment', name: 'inference' } },
        ),
      ]),
      expect: [
        'workloadRef and template both say what the pods are',
        'canaryService and stableService are both "a"',
      ],
    },
    {
      title: 'ready for longer than the deadline',
      subject: exampleObjects([exampleArgoRollout([], {}, { minReadySeconds: 600 })]),
      expect: ['progressDeadlineSeconds 600 is not above minReadySeconds 600'],
    },
    {
      title: 'pods kept apart in two ways',
      subject: exampleObjects([
        exampleArgoRollout([], {
          antiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: { weight: 101 },
            requiredDuringSchedulingIgnoredDuringExecution: {},
          },
        }),
      ]),
      expect: [
        'antiAffinity is both preferred and required',
        'antiAffinity has a weight of 101, of 1 to 100',
      ],
    },
    {
      title: 'blue and green behind one Service, more kept than there is history, and an empty selector',
      subject: exampleObjects([
        exampleArgoRollout(
          [],
          {},
          {
            selector: {},
            revisionHistoryLimit: 2,
            strategy: {
              blueGreen: { activeService: 'a', previewService: 'a', scaleDownDelayRevisionLimit: 3 },
            },
          },
        ),
      ]),
      expect: [
        'the selector is empty',
        'activeService and previewService are both "a"',
        'scaleDownDelayRevisionLimit 3 is above revisionHistoryLimit 2',
      ],
    },
  ],
});
