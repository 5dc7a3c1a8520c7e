import { asList, asRecord, asText, within, type Json } from '../check/json.ts';
import { defineRule, type PlacedObject } from '../check/rule.ts';
import { parseDuration } from '../fleet/units.ts';
import { runCanary, type FlaggerAnalysis } from '../gate/engines/flagger.ts';
import { exampleObjects } from './example-objects.ts';

/** Flagger takes anything shorter for this. */
const SHORTEST = '10s';

const isCanary = ({ object }: PlacedObject): boolean =>
  object.kind === 'Canary' && object.apiVersion.startsWith('flagger.app/');

function milliseconds(text: string): number | undefined {
  try {
    return parseDuration(text);
  } catch {
    return undefined;
  }
}

const numberIn = (fields: Json, key: string): number | undefined =>
  typeof fields[key] === 'number' ? fields[key] : undefined;

/** The fields that decide, as the model of Flagger takes them. */
function readAnalysis(fields: Json): FlaggerAnalysis {
  const entries = (['iterations', 'stepWeight', 'maxWeight'] as const).flatMap((key) => {
    const value = numberIn(fields, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    threshold: numberIn(fields, 'threshold') ?? 0,
    stepWeights: asList(fields['stepWeights']).flatMap((weight) =>
      typeof weight === 'number' ? weight : [],
    ),
    matches: asList(fields['match']).length > 0,
    ...Object.fromEntries(entries),
  };
}

interface Said {
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}
const say = (path: string, message: string, fix: string): Said => ({ path: `/spec${path}`, message, fix });

function* intervalProblems(fields: Json): Generator<Said> {
  const interval = asText(fields['interval']) ?? '';
  const ms = milliseconds(interval);
  if (ms === undefined)
    yield say(
      '/analysis/interval',
      `the interval ${JSON.stringify(interval)} is not a duration, and Flagger takes 1m instead`,
      'write a number with m or s, for example 1m',
    );
  else if (ms < parseDuration(SHORTEST))
    yield say(
      '/analysis/interval',
      `the interval is ${interval}, and Flagger takes ${SHORTEST} for anything shorter`,
      `write ${SHORTEST} or more`,
    );
}

function* metricProblems(fields: Json): Generator<Said> {
  const metrics = asList(fields['metrics']);
  const webhooks = asList(fields['webhooks']).filter((hook) =>
    ['', 'rollout', undefined].includes(asText(within(hook, 'type'))),
  );
  if (metrics.length === 0 && webhooks.length === 0)
    yield say(
      '/analysis',
      'the analysis has no metrics and asks nobody: every check succeeds',
      'add metrics',
    );
  for (const [index, metric] of metrics.entries()) {
    const { name, threshold, thresholdRange } = asRecord(metric);
    const range = asRecord(thresholdRange);
    if (threshold === undefined && range['min'] === undefined && range['max'] === undefined)
      yield say(
        `/analysis/metrics/${index}`,
        `metric ${String(name)} has no threshold, and Flagger takes 0`,
        'write thresholdRange with min or max',
      );
  }
}

function* problemsOf(spec: Json): Generator<Said> {
  if (spec['skipAnalysis'] === true)
    yield say('/skipAnalysis', 'skipAnalysis promotes every version unseen', 'remove skipAnalysis');
  const fields = asRecord(spec['analysis']);
  if (spec['analysis'] === undefined) return;
  yield* intervalProblems(fields);
  const threshold = numberIn(fields, 'threshold');
  if (threshold !== undefined && threshold < 1)
    yield say(
      '/analysis/threshold',
      `the threshold is ${threshold}, and Flagger takes 1: one failed check goes back`,
      'write how many failed checks are too many, at least 1',
    );
  const unrouted = spec['provider'] === 'kubernetes';
  const { iterations = 0, stepWeights = [], ...analysis } = readAnalysis(fields);
  const run = runCanary({ ...analysis, iterations, stepWeights, unrouted }, [true]);
  if (run.phase !== 'Succeeded')
    yield say(
      stepWeights.length > 0 ? '/analysis/stepWeights' : '/analysis',
      `a version that does well is never promoted: it stays at ${run.weight} % of the requests`,
      stepWeights.length > 0
        ? 'let each weight be larger than the one before'
        : 'write iterations, stepWeight or stepWeights',
    );
  if (unrouted && iterations < 1)
    yield say(
      '/analysis/iterations',
      'the provider kubernetes shifts no requests by weight, and Flagger takes 10 iterations instead',
      'write iterations',
    );
  yield* metricProblems(fields);
}

export default defineRule({
  id: 'flagger-analysis-valid',
  on: 'objects',
  severity: 'error',
  summary: 'Flagger does what the analysis of a Canary says.',
  why: "Flagger's definition takes intervals, thresholds and weights of which Flagger makes something else, or with which it never decides: a version is promoted unseen, taken back at the first hiccup, or stays half-way for ever.",
  source: 'https://docs.flagger.app/usage/how-it-works#canary-analysis',
  since: '0.1.0',

  *check({ objects }) {
    for (const placed of objects.filter(isCanary))
      for (const said of problemsOf(asRecord(placed.object['spec']))) yield { ...said, at: placed };
  },

  examples: [
    {
      title: 'ten checks a minute apart, of which one may fail',
      subject: exampleObjects([example({})]),
      expect: [],
    },
    {
      title: 'ten seconds, the shortest',
      subject: exampleObjects([example({ interval: '10s' })]),
      expect: [],
    },
    {
      title: 'nine seconds',
      subject: exampleObjects([example({ interval: '9s' })]),
      expect: ['the interval is 9s, and Flagger takes 10s for anything shorter'],
    },
    {
      title: 'a typing mistake that the definition lets through, and a threshold of 0',
      subject: exampleObjects([example({ interval: '5mm', threshold: 0 })]),
      expect: [
        'the interval "5mm" is not a duration, and Flagger takes 1m instead',
        'the threshold is 0, and Flagger takes 1: one failed check goes back',
      ],
    },
    {
      title: 'weights that rise',
      subject: exampleObjects([
        example({ iterations: undefined, stepWeights: [10, 50] }, { provider: 'traefik' }),
      ]),
      expect: [],
    },
    {
      title: 'weights that do not rise',
      subject: exampleObjects([
        example({ iterations: undefined, stepWeights: [20, 20, 50] }, { provider: 'traefik' }),
      ]),
      expect: ['a version that does well is never promoted: it stays at 20 % of the requests'],
    },
    {
      title: 'weights where nothing shifts requests',
      subject: exampleObjects([example({ iterations: undefined, stepWeight: 10 })]),
      expect: [
        'the provider kubernetes shifts no requests by weight, and Flagger takes 10 iterations instead',
      ],
    },
    {
      title: 'nobody is asked',
      subject: exampleObjects([example({ metrics: [] }), example({}, { skipAnalysis: true })]),
      expect: [
        'the analysis has no metrics and asks nobody: every check succeeds',
        'skipAnalysis promotes every version unseen',
      ],
    },
    {
      title: 'a metric that is compared with nothing',
      subject: exampleObjects([example({ metrics: [{ name: 'errors', templateRef: { name: 'errors' } }] })]),
      expect: ['metric errors has no threshold, and Flagger takes 0'],
    },
  ],
});

function example(analysis: Json, spec: Json = {}): PlacedObject['object'] {
  return {
    apiVersion: 'flagger.app/v1beta1',
    kind: 'Canary',
    metadata: { name: 'inference', namespace: 'store-cameras' },
    spec: {
      provider: 'kubernetes',
      targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'inference' },
      service: { port: 8080 },
      analysis: {
        interval: '1m',
        iterations: 10,
        threshold: 2,
        metrics: [{ name: 'errors', templateRef: { name: 'errors' }, thresholdRange: { max: 4.6 } }],
        ...analysis,
      },
      ...spec,
    },
  };
}
