import type { ArgoCdDelivery } from '../../fleet/spec.ts';
import { IDENTITY } from '../labels.ts';
import type { KubeObject } from '../manifests.ts';
import { partOf } from './frame.ts';

/** How a cluster's Secret on the hub says what it is to a fleet; a cluster may belong to several. */
export const labelKey = (fleet: string, what: 'class' | 'slice' | 'region'): string =>
  `${fleet}.breakwater.dev/${what}`;

export const argoNamespace = ({ namespace = 'argocd' }: ArgoCdDelivery): string => namespace;

/** Who a cluster is, and where its API server answers: as texts, or as what a template makes them of. */
export interface Destination {
  readonly cluster: string;
  readonly class: string;
  readonly slice: string;
  readonly region: string;
  readonly server: string;
}

/**
 * One try after another for as long as it takes, each with what Git says by then: a cluster that was off comes back
 * to it by itself, and a fix never waits behind a sync that cannot succeed.
 */
const RETRY = {
  limit: -1,
  refresh: true,
  backoff: { duration: '30s', factor: 2, maxDuration: '10m' },
} as const;

const revisionOf = ({ source }: ArgoCdDelivery): string =>
  source.kind === 'git' ? source.branch : (source.tag ?? 'latest');

/**
 * The spec of a cluster's Application: its two pointers, the frame first, with the identity patched in.
 *
 * Empty is never synced (`allowEmpty`), so that a pointer to nothing deletes nothing. No finalizer: whoever deletes
 * the Application leaves the workloads alone.
 */
export function applicationSpec(
  fleet: string,
  delivery: ArgoCdDelivery,
  at: Destination,
): Readonly<Record<string, unknown>> {
  const path = `generated/${fleet}/slices/${at.slice}/${at.class}`;
  const from = { repoURL: delivery.source.url, targetRevision: revisionOf(delivery) };
  const { cluster, class: className, region, slice } = at;
  const patch = JSON.stringify([
    { op: 'add', path: '/data', value: { class: className, cluster, region, slice } },
  ]);
  return {
    project: delivery.project ?? 'default',
    destination: { server: at.server, namespace: fleet },
    sources: [
      { ...from, path, kustomize: { patches: [{ target: { kind: 'ConfigMap', name: IDENTITY }, patch }] } },
      { ...from, path: `${path}/release` },
    ],
    syncPolicy: {
      automated: { prune: true, selfHeal: true, allowEmpty: false },
      retry: RETRY,
      // Applied as Flux does it, so that both agree about who owns a field.
      syncOptions: ['ServerSideApply=true'],
    },
  };
}

/** What makes a hub follow the fleet's ApplicationSets: one Application for the folder in which they stand. */
export const setsApplication = (fleet: string, delivery: ArgoCdDelivery): KubeObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: fleet, namespace: argoNamespace(delivery), labels: partOf(fleet) },
  spec: {
    project: delivery.project ?? 'default',
    destination: { server: 'https://kubernetes.default.svc', namespace: argoNamespace(delivery) },
    source: {
      repoURL: delivery.source.url,
      targetRevision: revisionOf(delivery),
      path: `generated/${fleet}/argocd`,
    },
    syncPolicy: {
      // Never pruned: an ApplicationSet that goes takes the Applications of its clusters along.
      automated: { prune: false, selfHeal: true, allowEmpty: false },
      retry: RETRY,
      syncOptions: ['ServerSideApply=true'],
    },
  },
});
