// A cluster with Flux on it, as a device's owner has it: what it runs, and what Flux says of it.

import type { Condition, Live } from './api.ts';
import type { ControlPlane } from './control-plane.ts';
import { until } from './until.ts';

export interface FluxCluster {
  readonly plane: ControlPlane;
}

interface KustomizationStatus {
  readonly conditions?: readonly Condition[];
  readonly lastAppliedRevision?: string;
  readonly lastAttemptedRevision?: string;
  readonly observedGeneration?: number;
}

export interface Readiness {
  readonly status: Condition['status'];
  readonly reason: string;
  readonly message: string;
  readonly applied: string | undefined;
  readonly attempted: string | undefined;
}

/** What Flux says of a Kustomization in `flux-system`; `undefined` before it says anything. */
export async function readiness({ plane }: FluxCluster, name: string): Promise<Readiness | undefined> {
  const live = await plane.api.get<unknown, KustomizationStatus>(
    'kustomize.toolkit.fluxcd.io/v1',
    'Kustomization',
    'flux-system',
    name,
  );
  const ready = live?.status?.conditions?.find(({ type }) => type === 'Ready');
  if (!live || !ready || live.status?.observedGeneration !== live.metadata.generation) return undefined;
  const { status, reason, message } = ready;
  return {
    status,
    reason,
    message,
    applied: live.status.lastAppliedRevision,
    attempted: live.status.lastAttemptedRevision,
  };
}

/**
 * Wait until Flux calls both Kustomizations of a fleet Ready at a revision.
 * @returns seconds that it took
 */
export async function untilReady(
  cluster: FluxCluster,
  fleet: string,
  revision: string,
  timeoutMs = 120_000,
): Promise<number> {
  const started = Date.now();
  let last = '';
  await until(
    `${fleet} to be ready on ${cluster.plane.name}`,
    async () => {
      const both = await Promise.all([fleet, `${fleet}-release`].map((name) => readiness(cluster, name)));
      last = JSON.stringify(both);
      if (both.every((ready) => ready?.status === 'True' && ready.applied === revision)) return true;
      throw new Error(last);
    },
    { timeoutMs },
  );
  return (Date.now() - started) / 1000;
}

interface PodSpec {
  readonly nodeName?: string;
  readonly volumes?: readonly { readonly configMap?: { readonly name: string } }[];
  readonly containers: readonly PodContainer[];
  readonly initContainers?: readonly PodContainer[];
}
interface PodContainer {
  readonly env?: readonly { readonly valueFrom?: { readonly configMapKeyRef?: { readonly name: string } } }[];
}
export type Pod = Live<PodSpec, { readonly phase?: string; readonly conditions?: readonly Condition[] }>;

/** Pods of a fleet that are not being deleted. */
export async function podsOf({ plane }: FluxCluster, fleet: string): Promise<readonly Pod[]> {
  const pods = (await plane.api.list('v1', 'Pod', fleet)) as readonly Pod[];
  return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

export const versionOf = ({ metadata }: Pod): string => metadata.labels!['breakwater.dev/version']!;

/** Names of ConfigMaps that a running pod would look for when it starts again, and that are not there. */
export async function missingConfigMaps(cluster: FluxCluster, fleet: string): Promise<readonly string[]> {
  const there = new Set(
    (await cluster.plane.api.list('v1', 'ConfigMap', fleet)).map(({ metadata }) => metadata.name),
  );
  const wanted = new Set<string>();
  for (const { spec } of await podsOf(cluster, fleet)) {
    for (const { configMap } of spec.volumes ?? []) if (configMap) wanted.add(configMap.name);
    for (const { env } of [...spec.containers, ...(spec.initContainers ?? [])]) {
      for (const { valueFrom } of env ?? [])
        if (valueFrom?.configMapKeyRef) wanted.add(valueFrom.configMapKeyRef.name);
    }
  }
  return [...wanted].filter((name) => !there.has(name));
}

/** Make Flux reconcile a Kustomization now, and wait until it has. */
export async function requestReconcile({ plane }: FluxCluster, name: string): Promise<void> {
  const at = ['kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'flux-system', name] as const;
  const token = `${name}-${Date.now()}`;
  await plane.api.merge(...at, { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': token } } });
  await until(`${name} to be reconciled`, async () => {
    const live = await plane.api.get<unknown, { lastHandledReconcileAt?: string }>(...at);
    return live?.status?.lastHandledReconcileAt === token;
  });
}
