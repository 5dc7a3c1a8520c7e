import type { ArgoRolloutsSpec } from '../../fleet/spec.ts';
import { formatDuration } from '../../fleet/units.ts';
import { inClusterBounds, inClusterQueries } from '../../gate/promql/in-cluster.ts';
import type { KubeObject } from '../manifests.ts';
import { VERSION_PENDING } from '../version.ts';
import {
  deadlineSeconds,
  deployment,
  type Judging,
  ONE_BY_ONE,
  type Replicated,
  templateOf,
} from './replicas.ts';

const API = 'argoproj.io/v1alpha1';

/** How often the background asks. */
const WATCH_INTERVAL = '1m';
/** Looks, and time between them, after the watch is over: then somebody has to look. */
const DECIDE = { count: 12, interval: '5m', intervalMs: 300_000 } as const;
/** Errors in a row before Argo Rollouts gives up: it asks again every 10 s, so a quarter of an hour without Prometheus. */
const PATIENCE = 90;

const isNumber = 'len(result) > 0 && !isNaN(result[0])';

const template = (of: Replicated, name: string, metrics: readonly unknown[]): KubeObject => ({
  apiVersion: API,
  kind: 'AnalysisTemplate',
  metadata: { name: `${of.name}-${name}`, labels: of.labels },
  spec: { args: [{ name: 'version' }], metrics },
});

/**
 * The two analyses of a rollout. One watches from the first step to the last and can only stop it: what it does not
 * know is nothing that has failed, and it ends when the rollout does. The other decides once, after the watch: without
 * a success it is Inconclusive, which holds the rollout until somebody looks, and never passes on nothing
 * (`consecutiveSuccessLimit`).
 */
function analyses(of: Replicated, judging: Judging, weights: number): readonly KubeObject[] {
  const { metrics, thresholds, prometheus, watchMs } = judging;
  const rangeMs = watchMs * (weights + 1) + DECIDE.count * DECIDE.intervalMs;
  const queries = inClusterQueries(metrics, thresholds, '{{args.version}}', rangeMs);
  const { fail, pass, leastRequests } = inClusterBounds(thresholds);
  const asked = (query: string) => ({ prometheus: { address: prometheus, query } });
  const watching = (name: string, query: string, limit: number, operator: string) => ({
    name,
    interval: WATCH_INTERVAL,
    failureLimit: 0,
    consecutiveErrorLimit: PATIENCE,
    failureCondition: `${isNumber} && result[0] ${operator} ${limit}`,
    provider: asked(query),
  });
  const deciding = (name: string, query: string, success: string) => ({
    name,
    interval: DECIDE.interval,
    count: DECIDE.count,
    failureLimit: 0,
    consecutiveSuccessLimit: 1,
    inconclusiveLimit: DECIDE.count,
    consecutiveErrorLimit: PATIENCE,
    successCondition: `${isNumber} && ${success}`,
    // Only the watch fails a version: too little that is known holds it.
    failureCondition: 'false',
    provider: asked(query),
  });
  return [
    template(of, 'watch', [
      watching('errors-against-control', queries.control, fail, '>='),
      ...(thresholds.ceiling === undefined
        ? []
        : [watching('ceiling', queries.atLeast, thresholds.ceiling, '>')]),
    ]),
    template(of, 'decide', [
      deciding('errors', queries.share, `result[0] <= ${pass}`),
      deciding('coverage', queries.requests, `result[0] >= ${leastRequests}`),
    ]),
  ];
}

/** Percent at which one replica runs the new version. */
const oneOf = (replicas: number): number => Math.ceil(100 / replicas);

/**
 * A Rollout with its analyses. It tries the new version on some replicas, watches them, decides, and goes on; a
 * release that is taken back within the last three revisions goes to all replicas at once, without steps.
 *
 * Requests are shared by the Service as by any: a step's weight is a number of replicas, not of requests.
 */
export function rollout(of: Replicated, spec: ArgoRolloutsSpec, judging: Judging): readonly KubeObject[] {
  const args = [{ name: 'version', value: VERSION_PENDING }];
  const pause = { duration: formatDuration(judging.watchMs) };
  const [first, ...rest] = spec.weights ?? [oneOf(of.replicas)];
  const refers = spec.workloadRef === true;
  return [
    ...(refers ? [deployment(of, 0)] : []),
    {
      apiVersion: API,
      kind: 'Rollout',
      metadata: { name: of.name, labels: of.labels },
      spec: {
        replicas: of.replicas,
        revisionHistoryLimit: 3,
        progressDeadlineSeconds: deadlineSeconds(of),
        progressDeadlineAbort: true,
        rollbackWindow: { revisions: 3 },
        ...(refers
          ? { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: of.name, scaleDown: 'never' } }
          : { selector: { matchLabels: of.selector }, template: templateOf(of) }),
        strategy: {
          canary: {
            ...ONE_BY_ONE,
            analysis: { templates: [{ templateName: `${of.name}-watch` }], args, startingStep: 1 },
            steps: [
              { setWeight: first },
              { pause },
              { analysis: { templates: [{ templateName: `${of.name}-decide` }], args } },
              ...rest.flatMap((weight) => [{ setWeight: weight }, { pause }]),
            ],
          },
        },
      },
    },
    ...analyses(of, judging, 1 + rest.length),
  ];
}
