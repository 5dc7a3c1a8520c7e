import { asList, asRecord, asText, step, within } from '../check/json.ts';
import { defineRule, type PlacedObject } from '../check/rule.ts';
import { stepsOf, type MatchExpression, type RollingSyncStep } from '../gate/engines/rolling-sync.ts';
import { exampleObjects } from './example-objects.ts';
import { listed } from './numbers.ts';

const texts = (value: unknown): readonly string[] => asList(value).flatMap((item) => asText(item) ?? []);

const readExpression = (value: unknown): MatchExpression => ({
  key: asText(within(value, 'key')) ?? '',
  operator: asText(within(value, 'operator')) ?? '',
  values: texts(within(value, 'values')),
});

function readStep(value: unknown): RollingSyncStep {
  const matchExpressions = asList(within(value, 'matchExpressions')).map(readExpression);
  const maxUpdate = within(value, 'maxUpdate');
  return typeof maxUpdate === 'number' || typeof maxUpdate === 'string'
    ? { matchExpressions, maxUpdate }
    : { matchExpressions };
}

interface Said {
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

const AT = '/spec/strategy/rollingSync/steps';

function* expressionProblems(steps: readonly RollingSyncStep[], labels: readonly string[]): Generator<Said> {
  for (const [index, { matchExpressions, maxUpdate }] of steps.entries()) {
    for (const [place, { key, operator, values }] of matchExpressions.entries()) {
      const path = `${AT}/${index}/matchExpressions/${place}`;
      if (operator !== 'In' && operator !== 'NotIn')
        yield {
          path: `${path}/operator`,
          message: `step ${index} has the operator ${JSON.stringify(operator)}, and Argo CD knows In and NotIn`,
          fix: 'write In or NotIn',
        };
      if (!labels.includes(key))
        yield {
          path: `${path}/key`,
          message: `step ${index} matches the label ${key}, which the Applications do not have`,
          fix: `add it to spec.template.metadata.labels${labels.length === 0 ? '' : `, or match ${listed(labels)}`}`,
        };
      if (operator === 'In' && values.length === 0)
        yield { path, message: `step ${index} selects nobody`, fix: 'name the values of its Applications' };
    }
    if (typeof maxUpdate === 'string' && !/^(100|[1-9]?\d)%$/.test(maxUpdate))
      yield {
        path: `${AT}/${index}/maxUpdate`,
        message: `step ${index} has maxUpdate ${JSON.stringify(maxUpdate)}, neither a number nor a share, which counts as 1`,
        fix: 'write a number, or a share such as 10%',
      };
  }
}

/** Values of a label that the steps name, with who they are for: in two steps, the later never gets them. */
function* overlapProblems(steps: readonly RollingSyncStep[]): Generator<Said> {
  const keys = new Set(steps.flatMap(({ matchExpressions }) => matchExpressions.map(({ key }) => key)));
  // With several labels, who is in which step is not to be told from the values of one.
  const [key] = keys;
  if (keys.size !== 1 || key === undefined) return;
  const values = new Set(
    steps.flatMap(({ matchExpressions }) => matchExpressions.flatMap((one) => one.values)),
  );
  for (const value of values) {
    const selecting = stepsOf(steps, { [key]: value });
    if (selecting.length > 1)
      yield {
        path: `${AT}/${selecting[1]!}`,
        message: `steps ${listed(selecting.map(String))} all select ${key} ${value}`,
        fix: 'let each Application be in one step',
      };
    if (selecting.length === 0)
      yield {
        path: AT,
        message: `no step selects ${key} ${value}: its Applications never sync`,
        fix: 'add it to a step',
      };
  }
}

/** Values of the clusters' label that the generator takes, and that no step does. */
function* coverProblems({ object }: PlacedObject, steps: readonly RollingSyncStep[]): Generator<Said> {
  const named = new Set(
    steps.flatMap(({ matchExpressions }) => matchExpressions.flatMap((one) => one.values)),
  );
  const labels = asRecord(within(object, 'spec', 'template', 'metadata', 'labels'));
  for (const generator of asList(within(object, 'spec', 'generators'))) {
    for (const expression of asList(within(generator, 'clusters', 'selector', 'matchExpressions'))) {
      const { key, operator, values } = readExpression(expression);
      // The label that the Applications take over from their cluster.
      const own = Object.keys(labels).find((label) => String(labels[label]).includes(key));
      if (operator !== 'In' || own === undefined) continue;
      const lost = values.filter(
        (value) => !named.has(value) && stepsOf(steps, { [own]: value }).length === 0,
      );
      if (lost.length > 0)
        yield {
          path: AT,
          message: `no step selects ${own} ${listed(lost)}: their Applications never sync`,
          fix: 'add them to a step',
        };
    }
  }
}

export default defineRule({
  id: 'application-set-steps',
  on: 'objects',
  severity: 'error',
  summary: 'Each Application of an ApplicationSet is in exactly one step.',
  why: "Argo CD's definition takes any text here. An Application that no step selects is never synced; one in two steps counts in the first, and the second waits for it; an unknown operator selects nobody.",
  source: 'https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Progressive-Syncs/',
  since: '0.1.0',

  *check({ objects }) {
    for (const placed of objects) {
      if (placed.object.kind !== 'ApplicationSet') continue;
      const strategy = within(placed.object, 'spec', 'strategy');
      const type = within(strategy, 'type');
      if (type !== undefined && type !== '' && type !== 'AllAtOnce' && type !== 'RollingSync') {
        yield {
          path: '/spec/strategy/type',
          at: placed,
          message: `the strategy ${JSON.stringify(type)} is none that Argo CD knows: all Applications sync at once`,
          fix: 'write RollingSync or AllAtOnce',
        };
        continue;
      }
      if (type !== 'RollingSync') continue;
      const steps = asList(within(strategy, 'rollingSync', 'steps')).map(readStep);
      const labels = Object.keys(asRecord(within(placed.object, 'spec', 'template', 'metadata', 'labels')));
      const said =
        steps.length === 0
          ? [
              {
                path: `/spec/strategy${step('rollingSync')}`,
                message: 'there are no steps for RollingSync: all Applications sync at once',
                fix: 'add steps, or write AllAtOnce',
              },
            ]
          : [
              ...expressionProblems(steps, labels),
              ...overlapProblems(steps),
              ...coverProblems(placed, steps),
            ];
      for (const one of said) yield { ...one, at: placed };
    }
  },

  examples: [
    {
      title: 'two steps for the two values of a label',
      subject: exampleObjects([exampleSet([match(['a']), match(['b'])])]),
      expect: [],
    },
    {
      title: 'one value in two steps',
      subject: exampleObjects([exampleSet([match(['a', 'b']), match(['b'])])]),
      expect: ['steps 0 and 1 all select wave b'],
    },
    {
      title: 'a value that the generator takes and no step does',
      subject: exampleObjects([exampleSet([match(['a'])])]),
      expect: ['no step selects wave b: their Applications never sync'],
    },
    {
      title: 'an operator of other selectors',
      subject: exampleObjects([
        exampleSet([match(['a', 'b']), { matchExpressions: [{ key: 'wave', operator: 'Exists' }] }]),
      ]),
      expect: ['step 1 has the operator "Exists", and Argo CD knows In and NotIn'],
    },
    {
      title: 'a label that Applications do not get, a share without its sign, and nobody at all',
      subject: exampleObjects([
        exampleSet([
          { ...match(['a', 'b']), maxUpdate: '10' },
          { matchExpressions: [{ key: 'ring', operator: 'In', values: [] }] },
        ]),
      ]),
      expect: [
        'step 0 has maxUpdate "10", neither a number nor a share, which counts as 1',
        'step 1 matches the label ring, which the Applications do not have',
        'step 1 selects nobody',
      ],
    },
    {
      title: 'a manual gate and the smallest share',
      subject: exampleObjects([
        exampleSet([
          { ...match(['a']), maxUpdate: '1%' },
          { ...match(['b']), maxUpdate: 0 },
        ]),
      ]),
      expect: [],
    },
    {
      title: 'a strategy in lower case, and one without steps',
      subject: exampleObjects([exampleSet([], 'rollingSync'), exampleSet([])]),
      expect: [
        'the strategy "rollingSync" is none that Argo CD knows: all Applications sync at once',
        'there are no steps for RollingSync: all Applications sync at once',
      ],
    },
  ],
});

function match(values: readonly string[]) {
  return { matchExpressions: [{ key: 'wave', operator: 'In', values }] };
}

function exampleSet(steps: readonly object[], type = 'RollingSync'): PlacedObject['object'] {
  const selector = { matchExpressions: [{ key: 'fleet/wave', operator: 'In', values: ['a', 'b'] }] };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name: 'fleet', namespace: 'argocd' },
    spec: {
      generators: [{ clusters: { selector } }],
      strategy: { type, rollingSync: { steps } },
      template: {
        metadata: { name: 'x', labels: { wave: '{{ index .metadata.labels `fleet/wave` }}' } },
        spec: { project: 'default', destination: {} },
      },
    },
  };
}
