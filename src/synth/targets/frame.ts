// What the frames of all targets have: the fleet's namespace, and who a cluster is.

import type { FleetSpec } from '../../fleet/spec.ts';
import { IDENTITY } from '../labels.ts';
import type { KubeObject } from '../manifests.ts';

export const partOf = (fleet: string) => ({ 'app.kubernetes.io/part-of': fleet });

/**
 * Pods of model servers are restricted, so that is enforced; a plain cdk8s workload may need more, so where a fleet has
 * one Kubernetes only warns. At the class's own minor: a newer one may ask for more.
 */
function podSecurity(spec: FleetSpec, k3s: string): Readonly<Record<string, string>> {
  const isOurs = Object.values(spec.workloads).every((workload) => typeof workload !== 'function');
  const modes = isOurs ? ['enforce', 'warn'] : ['warn'];
  return Object.fromEntries(
    modes.flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, 'restricted'],
      [`pod-security.kubernetes.io/${mode}-version`, `v${k3s}`],
    ]),
  );
}

/** @param annotations what keeps a target from ever deleting it */
export const namespaceObject = (
  spec: FleetSpec,
  className: string,
  annotations: Readonly<Record<string, string>>,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: spec.name,
    labels: { ...partOf(spec.name), ...podSecurity(spec, spec.classes[className]!.k3s) },
    annotations,
  },
});

/** The ConfigMap that tells pods where they run, still without what it tells. */
export const identityObject = (fleet: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: IDENTITY, namespace: fleet, labels: partOf(fleet) },
});
