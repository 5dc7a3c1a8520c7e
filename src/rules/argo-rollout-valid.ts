import { asList, asRecord, asText, step, within, type Json } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { parseDuration } from '../fleet/units.ts';
import { argoObjects, exampleArgoRollout } from './argo-objects.ts';
import { exampleObjects } from './example-objects.ts';

/** What a step may be; each is one of them. */
const ACTIONS = [
  'setWeight',
  'pause',
  'analysis',
  'experiment',
  'setCanaryScale',
  'setHeaderRoute',
  'setMirrorRoute',
  'plugin',
] as const;

/** Those that mean nothing where nothing routes requests. */
const ROUTED = ['setCanaryScale', 'setHeaderRoute', 'setMirrorRoute'] as const;

/** Argo Rollouts' own, in seconds. */
const PROGRESS_DEADLINE = 600;

interface Said {
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}
const say = (path: string, message: string, fix: string): Said => ({ path, message, fix });

/** A number, or seconds as Go writes durations, with days and hours. */
function isPause(value: unknown): boolean {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return true;
  const text = asText(value);
  if (text === undefined) return false;
  try {
    return /^\d+$/.test(text) || parseDuration(text) >= 0;
  } catch {
    return false;
  }
}

function* stepProblems(canary: Json): Generator<Said> {
  const most = within(canary, 'trafficRouting', 'maxTrafficWeight');
  const limit = typeof most === 'number' ? most : 100;
  for (const [index, value] of asList(canary['steps']).entries()) {
    const at = `/spec/strategy/canary/steps/${index}`;
    const has = ACTIONS.filter((action) => asRecord(value)[action] !== undefined);
    const weight = within(value, 'setWeight');
    if (has.length !== 1)
      yield say(
        at,
        `step ${index} has ${has.length === 0 ? 'no action' : `the actions ${has.join(' and ')}`}`,
        'let each step do one thing',
      );
    if (typeof weight === 'number' && (weight < 0 || weight > limit))
      yield say(
        `${at}/setWeight`,
        `step ${index} sets a weight of ${weight}, of 0 to ${limit}`,
        `write a weight of 0 to ${limit}`,
      );
    const duration = within(value, 'pause', 'duration');
    if (!isPause(duration))
      yield say(
        `${at}/pause/duration`,
        `step ${index} pauses for ${JSON.stringify(duration)}, which is not a duration`,
        'write seconds, or a number with h, m or s, for example 10m',
      );
    const routed = ROUTED.find((action) => has.includes(action));
    if (routed !== undefined && canary['trafficRouting'] === undefined)
      yield say(
        `${at}/${routed}`,
        `step ${index} asks for ${routed}, and nothing routes requests`,
        'add trafficRouting, or let setWeight change the number of replicas',
      );
  }
}

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
  for (const field of ['scaleDownDelaySeconds', 'dynamicStableScale'] as const)
    if (canary[field] !== undefined && canary[field] !== false && canary['trafficRouting'] === undefined)
      yield say(
        `${at}${step(field)}`,
        `${field} is set, and nothing routes requests`,
        `remove ${field}, or add trafficRouting`,
      );
  yield* stepProblems(canary);
}

function* problemsOf(spec: Json): Generator<Said> {
  const { canary, blueGreen } = asRecord(spec['strategy']);
  const refers = spec['workloadRef'] !== undefined;
  if (refers && asList(within(spec['template'], 'spec', 'containers')).length > 0)
    yield say('/spec/template', 'workloadRef and template both say what the pods are', 'remove one of them');
  if (!refers && spec['selector'] === undefined)
    yield say('/spec/selector', 'there is no selector', 'add the selector of its pods');
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
  const { activeService, previewService } = asRecord(blueGreen);
  if (blueGreen !== undefined && activeService === previewService)
    yield say(
      '/spec/strategy/blueGreen/activeService',
      `activeService and previewService are both ${JSON.stringify(activeService)}`,
      'give each a Service of its own',
    );
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
      title: 'a weight, a pause and an analysis',
      subject: exampleObjects([
        exampleArgoRollout([
          { setWeight: 100 },
          { pause: { duration: '1h' } },
          { pause: {} },
          { analysis: { templates: [{ templateName: 'x' }] } },
        ]),
      ]),
      expect: [],
    },
    {
      title: 'a step that does two things, one that does none, a weight above 100 and a pause without a unit',
      subject: exampleObjects([
        exampleArgoRollout([
          { setWeight: 101 },
          { setWeight: 5, pause: {} },
          {},
          { pause: { duration: '5x' } },
        ]),
      ]),
      expect: [
        'step 0 sets a weight of 101, of 0 to 100',
        'step 1 has the actions setWeight and pause',
        'step 2 has no action',
        'step 3 pauses for "5x", which is not a duration',
      ],
    },
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
      title: 'the scale of a canary where nothing routes requests',
      subject: exampleObjects([
        exampleArgoRollout([{ setCanaryScale: { weight: 10 } }], { scaleDownDelaySeconds: 30 }),
      ]),
      expect: [
        'scaleDownDelaySeconds is set, and nothing routes requests',
        'step 0 asks for setCanaryScale, and nothing routes requests',
      ],
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
  ],
});
