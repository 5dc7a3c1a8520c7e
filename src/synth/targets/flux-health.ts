import type { FleetSpec, InClusterSpec } from '../../fleet/spec.ts';

/** In parts per thousand, rounded up: Common Expression Language has no mixed arithmetic. */
const permille = (ratio: number): number => Math.ceil(Number((ratio * 1000).toPrecision(12)));

/**
 * When Flux calls a DaemonSet healthy: all but a declared share of its devices run the new pods, and all but that
 * share are available. The share is at least one device, where there is more than one: a plain share of a small
 * cluster would tolerate nobody.
 *
 * A share and not all, since a device that is off would hold every wave. Fields that are zero are not there, hence
 * `has`. Flux itself compares `observedGeneration` with the object's.
 *
 * @param offline share of devices expected offline, 0 to 1
 * @see https://fluxcd.io/flux/components/kustomize/kustomizations/#health-check-expressions
 */
export function daemonSetHealth(offline: number): string {
  const desired = 'status.desiredNumberScheduled';
  const share = `${desired} * ${permille(offline)} / 1000`;
  const tolerated = offline === 0 ? '0' : `(${desired} < 2 ? 0 : (${share} > 1 ? ${share} : 1))`;
  const enough = (field: string): string =>
    `${desired} - (has(status.${field}) ? status.${field} : 0) <= ${tolerated}`;
  return ['has(status.observedGeneration)', enough('updatedNumberScheduled'), enough('numberAvailable')].join(
    ' && ',
  );
}

/**
 * An update that goes on within a cluster is fine, however long it is watched there; one that was stopped is not.
 * Argo Rollouts writes the generation that it has seen as a text, which Flux itself does not compare.
 */
const IN_CLUSTER: Readonly<
  Record<InClusterSpec['kind'], { apiVersion: string; kind: string; current: string }>
> = {
  'argo-rollouts': {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    current:
      "has(status.phase) && has(status.observedGeneration) && status.observedGeneration == string(metadata.generation) && status.phase != 'Degraded'",
  },
  flagger: {
    apiVersion: 'flagger.app/v1beta1',
    kind: 'Canary',
    current: "has(status.phase) && status.phase != 'Failed'",
  },
};

/** The expressions of a fleet's health: of DaemonSets, and of what updates replicas within a cluster. */
export function healthChecks(
  { workloads }: FleetSpec,
  offline: number,
): readonly { apiVersion: string; kind: string; current: string }[] {
  const kinds = Object.values(workloads).flatMap((workload) =>
    typeof workload === 'function' ? [] : (workload.inCluster?.kind ?? []),
  );
  return [
    { apiVersion: 'apps/v1', kind: 'DaemonSet', current: daemonSetHealth(offline) },
    ...[...new Set(kinds)].toSorted().map((kind) => IN_CLUSTER[kind]),
  ];
}
