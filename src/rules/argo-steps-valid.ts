import { asList, asRecord, asText, within, type Json } from '../check/json.ts';
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

/** Those of which a step has one at most. */
const EXCLUSIVE = new Set<string>(['setWeight', 'pause', 'analysis', 'experiment']);

/** What an argument may take from the Rollout. */
const METADATA = /^metadata\.(name|namespace|uid|(labels|annotations)(\['[^']+'\])?)$/;

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
    const exclusive = has.filter((action) => EXCLUSIVE.has(action));
    if (has.length === 0 || exclusive.length > 1)
      yield say(
        at,
        `step ${index} has ${has.length === 0 ? 'no action' : `the actions ${exclusive.join(' and ')}`}`,
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
    for (const [place, arg] of asList(within(value, 'analysis', 'args')).entries()) {
      const field = asText(within(arg, 'valueFrom', 'fieldRef', 'fieldPath'));
      if (field !== undefined && field.startsWith('metadata') && !METADATA.test(field))
        yield say(
          `${at}/analysis/args/${place}/valueFrom/fieldRef/fieldPath`,
          `step ${index} takes an argument from ${field}, which no object has`,
          "take metadata.name, metadata.namespace, metadata.uid, metadata.labels['x'] or metadata.annotations['x']",
        );
    }
  }
}

export default defineRule({
  id: 'argo-steps-valid',
  on: 'objects',
  severity: 'error',
  summary: 'Argo Rollouts accepts the steps of a Rollout.',
  why: 'The API server takes them, since only types are declared. Argo Rollouts then calls the Rollout invalid and does nothing: the pods stay at the version before, and only the status of the Rollout says why.',
  source: 'https://argo-rollouts.readthedocs.io/en/stable/features/canary/',
  since: '0.1.0',

  *check(subject) {
    for (const placed of argoObjects(subject, 'Rollout')) {
      const canary = within(placed.object['spec'], 'strategy', 'canary');
      for (const said of stepProblems(asRecord(canary))) yield { ...said, at: placed };
    }
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
      title: 'an argument that no object has',
      subject: exampleObjects([
        exampleArgoRollout([
          {
            analysis: {
              templates: [{ templateName: 'x' }],
              args: [{ name: 'pod', valueFrom: { fieldRef: { fieldPath: 'metadata.resourceVersion' } } }],
            },
          },
        ]),
      ]),
      expect: ['step 0 takes an argument from metadata.resourceVersion, which no object has'],
    },
  ],
});
