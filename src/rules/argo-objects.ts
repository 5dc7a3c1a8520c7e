// What rules read of Argo Rollouts' objects. Whatever a file holds, reading it never throws.

import { asList, asRecord, asText, within, type Json } from '../check/json.ts';
import type { ObjectsSubject, PlacedObject } from '../check/rule.ts';
import type { AnalysisMetric } from '../gate/engines/argo-analysis.ts';
import { outcomeOf, Unreadable, type Conditions, type Value } from '../gate/engines/argo-condition.ts';
import type { Outcome } from '../gate/engines/argo-metric.ts';

/** A metric and where it stands. */
export interface PlacedMetric {
  readonly placed: PlacedObject;
  /** Pointer into the object. */
  readonly path: string;
  readonly metric: AnalysisMetric & Conditions & { readonly providers: readonly string[] };
}

const isArgo = ({ object }: PlacedObject): boolean => object.apiVersion.startsWith('argoproj.io/');

/** Objects of Argo Rollouts of some kinds. */
export const argoObjects = (
  { objects }: Pick<ObjectsSubject, 'objects'>,
  ...kinds: readonly string[]
): readonly PlacedObject[] =>
  objects.filter((placed) => isArgo(placed) && kinds.includes(placed.object.kind));

/** A number, or a text that is one, as Kubernetes' IntOrString. */
const intOrString = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : undefined;
};

const NUMBERS = [
  'count',
  'failureLimit',
  'consecutiveSuccessLimit',
  'inconclusiveLimit',
  'consecutiveErrorLimit',
] as const;
const TEXTS = ['interval', 'initialDelay', 'successCondition', 'failureCondition'] as const;

function readMetric(value: unknown): PlacedMetric['metric'] {
  const fields = asRecord(value);
  const pick = (keys: readonly string[], read: (value: unknown) => unknown): Json =>
    Object.fromEntries(
      keys.flatMap((key) => {
        const found = read(fields[key]);
        return found === undefined ? [] : [[key, found]];
      }),
    );
  const provider = asRecord(fields['provider']);
  const plugins = Object.keys(asRecord(provider['plugin']));
  return {
    name: asText(fields['name']) ?? '',
    ...pick(NUMBERS, intOrString),
    ...pick(TEXTS, asText),
    providers: [...Object.keys(provider).filter((name) => name !== 'plugin'), ...plugins],
  };
}

/** The metrics of an AnalysisTemplate. */
export const metricsIn = (placed: PlacedObject): readonly PlacedMetric[] =>
  asList(within(placed.object, 'spec', 'metrics')).map((value, index) => ({
    placed,
    path: `/spec/metrics/${index}`,
    metric: readMetric(value),
  }));

/** The metrics of all templates among objects. */
export const metricsOf = (subject: Pick<ObjectsSubject, 'objects'>): readonly PlacedMetric[] =>
  argoObjects(subject, 'AnalysisTemplate', 'ClusterAnalysisTemplate', 'AnalysisRun').flatMap(metricsIn);

/** Whether both conditions are given: then a value may be neither good nor bad. */
export const isThreeWay = ({ successCondition = '', failureCondition = '' }: Conditions): boolean =>
  successCondition !== '' && failureCondition !== '';

/** What a value comes to; what is wrong with the condition where it cannot be read here. */
export function judged(conditions: Conditions, value: Value): Outcome | { readonly unread: string } {
  try {
    return outcomeOf(conditions, value);
  } catch (error) {
    if (error instanceof Unreadable) return { unread: error.message };
    throw error;
  }
}

/** An AnalysisTemplate with these metrics, each with what a metric needs. */
export const exampleTemplate = (name: string, ...metrics: readonly Json[]): PlacedObject['object'] => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name, namespace: 'store-cameras' },
  spec: {
    metrics: metrics.map((metric, index) =>
      Object.assign(
        {
          name: `metric-${index}`,
          interval: '1m',
          provider: { prometheus: { address: 'http://prometheus.example.com:9090', query: 'errors' } },
        },
        metric,
      ),
    ),
  },
});

/** Conditions that know nothing of an empty answer and of NaN. */
export const GUARDED = {
  successCondition: 'len(result) > 0 && !isNaN(result[0]) && result[0] <= 0.05',
  failureCondition: 'len(result) > 0 && !isNaN(result[0]) && result[0] > 0.05',
};

/** A Rollout of four replicas whose canary has these steps and fields. */
export const exampleArgoRollout = (
  steps: readonly Json[],
  canary: Json = {},
  spec: Json = {},
): PlacedObject['object'] => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name: 'inference', namespace: 'store-cameras' },
  spec: {
    replicas: 4,
    selector: { matchLabels: { 'app.kubernetes.io/name': 'inference' } },
    template: {
      metadata: { labels: { 'app.kubernetes.io/name': 'inference' } },
      spec: { containers: [{ name: 'server', image: 'server' }] },
    },
    strategy: { canary: { steps, ...canary } },
    ...spec,
  },
});
