import { asRecord, asText, step, type Json } from '../check/json.ts';
import { defineRule, type PlacedObject } from '../check/rule.ts';
import { parseDuration } from '../fleet/units.ts';
import { exampleObjects } from './example-objects.ts';

const isFlux = (group: string, { object }: PlacedObject): boolean =>
  object.apiVersion.startsWith(`${group}.toolkit.fluxcd.io/`);

/** What Flux's documentation of Kustomizations asks for at least. */
const SHORTEST_INTERVAL = '60s';
/** What kustomize-controller takes for any shorter timeout. */
const SHORTEST_TIMEOUT = '30s';

/** Fields that take hours, and those of sources whose pattern has none. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  any: /^(\d+(\.\d+)?(ms|s|m|h))+$/,
  'no hours': /^(\d+(\.\d+)?(ms|s|m))+$/,
};

const FIELDS = ['interval', 'retryInterval', 'timeout'] as const;

interface Said {
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}

function* syntaxProblems(spec: Json, isSource: boolean): Generator<Said> {
  for (const field of FIELDS) {
    const text = asText(spec[field]);
    if (text === undefined) continue;
    const hoursRefused = isSource && field === 'timeout';
    if (PATTERNS[hoursRefused ? 'no hours' : 'any']!.test(text)) continue;
    yield {
      path: `/spec${step(field)}`,
      message: `${field} ${JSON.stringify(text)} is refused: ${hoursRefused && PATTERNS['any']!.test(text) ? 'the timeout of a source has no hours' : 'it is not a duration'}`,
      fix: `write numbers with the units ms, s${hoursRefused ? ' or m' : ', m or h'}, for example 90s`,
    };
  }
}

/** @param ofFrame whether its interval is the definition's, of which `interval-minimum` speaks */
function* lengthProblems(spec: Json, ofFrame: boolean): Generator<Said> {
  for (const [field, shortest, what] of [
    ['interval', SHORTEST_INTERVAL, 'Flux asks for at least'],
    ['timeout', SHORTEST_TIMEOUT, 'kustomize-controller waits at least'],
  ] as const) {
    if (ofFrame && field === 'interval') continue;
    const text = asText(spec[field]);
    if (text === undefined || !PATTERNS['any']!.test(text) || parseDuration(text) >= parseDuration(shortest))
      continue;
    yield {
      path: `/spec${step(field)}`,
      message: `${field} is ${text}, and ${what} ${shortest}`,
      fix: `set ${field} to ${shortest} or more`,
    };
  }
}

export default defineRule({
  id: 'flux-durations',
  on: 'objects',
  severity: 'error',
  summary: "Flux's objects have durations that Flux takes, and takes as they are.",
  why: 'A duration that its definition refuses stops the whole apply; one that is too short is taken for a longer one, so that what was planned with it does not hold.',
  source: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#interval',
  since: '0.1.0',

  *check({ objects, complete }) {
    for (const placed of objects) {
      const isSource = isFlux('source', placed);
      const isKustomization = isFlux('kustomize', placed);
      if (!isSource && !isKustomization) continue;
      const spec = asRecord(placed.object['spec']);
      for (const said of syntaxProblems(spec, isSource)) yield { ...said, at: placed };
      if (!isKustomization) continue;
      const ofFrame = complete && placed.workload === undefined;
      for (const said of lengthProblems(spec, ofFrame)) yield { ...said, at: placed };
    }
  },

  examples: [
    {
      title: "the frame's interval, which another rule asks the definition about",
      subject: {
        objects: [
          { object: example('kustomize', { interval: '30s' }), file: 'frame/release.yaml', document: 0 },
        ],
        external: {},
        complete: true,
      },
      expect: [],
    },
    {
      title: 'minutes, and hours where they are taken',
      subject: exampleObjects([
        example('kustomize', { interval: '1h', timeout: '5m' }),
        example('source', { interval: '1h', timeout: '60s' }),
      ]),
      expect: [],
    },
    {
      title: 'the shortest that there are',
      subject: exampleObjects([example('kustomize', { interval: '60s', timeout: '30s' })]),
      expect: [],
    },
    {
      title: 'a second less',
      subject: exampleObjects([example('kustomize', { interval: '59s', timeout: '29s' })]),
      expect: [
        'interval is 59s, and Flux asks for at least 60s',
        'timeout is 29s, and kustomize-controller waits at least 30s',
      ],
    },
    {
      title: 'hours in the timeout of a source, and days anywhere',
      subject: exampleObjects([example('source', { interval: '1d', timeout: '1h' })]),
      expect: [
        'interval "1d" is refused: it is not a duration',
        'timeout "1h" is refused: the timeout of a source has no hours',
      ],
    },
  ],
});

function example(group: 'kustomize' | 'source', spec: Json): PlacedObject['object'] {
  return {
    apiVersion: `${group}.toolkit.fluxcd.io/v1`,
    kind: group === 'source' ? 'OCIRepository' : 'Kustomization',
    metadata: { name: 'fleet', namespace: 'flux-system' },
    spec,
  };
}
