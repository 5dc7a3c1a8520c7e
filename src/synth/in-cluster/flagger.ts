import type { FlaggerSpec } from '../../fleet/spec.ts';
import { inClusterBounds, inClusterQueries } from '../../gate/promql/in-cluster.ts';
import type { KubeObject } from '../manifests.ts';
import { VERSION_PENDING } from '../version.ts';
import { deadlineSeconds, deployment, type Judging, type Replicated } from './replicas.ts';

const API = 'flagger.app/v1beta1';
const INTERVAL = '1m';
const INTERVAL_MS = 60_000;
const DEFAULT_THRESHOLD = 2;

/**
 * A Canary with its metrics, and the Deployment that it watches: blue/green, since K3s' own network shifts no traffic.
 * Flagger runs a copy named `-primary`, and the new version beside it while it is tried, which takes the memory of both;
 * it makes the Services itself.
 *
 * An autoscaler with one number holds the replicas: Flagger sets the Deployment's own to 0, and Git would set them back.
 *
 * @param port of the server, by name
 */
export function canary(
  of: Replicated,
  spec: FlaggerSpec,
  judging: Judging,
  port: number,
): readonly KubeObject[] {
  const { metrics, thresholds, prometheus, watchMs } = judging;
  const iterations = Math.max(1, Math.round(watchMs / INTERVAL_MS));
  const queries = inClusterQueries(
    metrics,
    thresholds,
    '{{ variables.version }}',
    (iterations + 2) * INTERVAL_MS * 2,
  );
  const { fail } = inClusterBounds(thresholds);
  const asked = [
    { name: 'errors-against-control', query: queries.control, max: fail },
    ...(thresholds.ceiling === undefined
      ? []
      : [{ name: 'ceiling', query: queries.atLeast, max: thresholds.ceiling }]),
  ];
  const templateName = (name: string): string => `${of.name}-${name}`;
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: of.name };
  return [
    deployment(of, undefined),
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: of.name, labels: of.labels },
      spec: { scaleTargetRef: target, minReplicas: of.replicas, maxReplicas: of.replicas },
    },
    {
      apiVersion: API,
      kind: 'Canary',
      metadata: { name: of.name, labels: of.labels },
      spec: {
        provider: 'kubernetes',
        targetRef: target,
        autoscalerRef: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', name: of.name },
        progressDeadlineSeconds: deadlineSeconds(of),
        service: { port, targetPort: port, portName: 'http' },
        analysis: {
          interval: INTERVAL,
          iterations,
          threshold: spec.threshold ?? DEFAULT_THRESHOLD,
          metrics: asked.map(({ name, max }) => ({
            name,
            interval: INTERVAL,
            templateRef: { name: templateName(name) },
            templateVariables: { version: VERSION_PENDING },
            thresholdRange: { max },
          })),
        },
      },
    },
    ...asked.map(({ name, query }) => ({
      apiVersion: API,
      kind: 'MetricTemplate',
      metadata: { name: templateName(name), labels: of.labels },
      spec: { provider: { type: 'prometheus', address: prometheus }, query },
    })),
  ];
}
