import type { ArgoCdDelivery } from '../../fleet/spec.ts';
import { CAPABILITIES } from '../../plan/capabilities.ts';
import type { KubeObject } from '../manifests.ts';
import { applicationSpec, argoNamespace, labelKey, setsApplication } from './argocd-application.ts';
import { applicationSets } from './argocd-sets.ts';
import { identityObject, namespaceObject, partOf } from './frame.ts';
import type { ClusterIdentity, Delivered, Target } from './target.ts';

/**
 * The frame of a release: the namespace and who the cluster is, of which the release knows the class. The rest is
 * patched in by the Application of a cluster; without it evidence comes from no cluster, and counts for none.
 */
const frame = (spec: Delivered<ArgoCdDelivery>, className: string): Readonly<Record<string, KubeObject>> => ({
  'namespace.yaml': namespaceObject(spec, className, {
    // Whatever goes wrong with a commit, everything in it must not go with it.
    'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  }),
  'identity.yaml': {
    ...identityObject(spec.name),
    data: { class: className, cluster: '', region: '', slice: '' },
  },
});

/** In a cluster that has an Argo CD of its own: one Application, which knows where it is. */
const ownApplication = (
  { name, delivery }: Delivered<ArgoCdDelivery>,
  { cluster, class: className, region, slice }: ClusterIdentity,
): KubeObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name, namespace: argoNamespace(delivery), labels: partOf(name) },
  spec: applicationSpec(name, delivery, {
    cluster,
    class: className,
    region,
    slice,
    server: 'https://kubernetes.default.svc',
  }),
});

/** For a shell: in single quotes. */
const shell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** What makes the hub's Argo CD generate the cluster's Application. */
function labelCommand({ name }: Delivered<ArgoCdDelivery>, identity: ClusterIdentity): string {
  const { cluster, class: className, region, slice } = identity;
  return [
    `argocd cluster set ${cluster}`,
    `--label ${labelKey(name, 'class')}=${className}`,
    `--label ${labelKey(name, 'slice')}=${slice}`,
    `--annotation ${shell(`${labelKey(name, 'region')}=${region}`)}`,
  ].join(' ');
}

/** What `flux push artifact` calls the layer that it pushes, which Argo CD's repo-server does not take by itself. */
const FLUX_LAYER = 'application/vnd.cncf.flux.content.v1.tar+gzip';

const sourceAdvice = ({ source }: ArgoCdDelivery): readonly string[] =>
  source.kind === 'oci'
    ? [
        `argocd-repo-server takes what flux pushes once ARGOCD_REPO_SERVER_OCI_LAYER_MEDIA_TYPES names ${FLUX_LAYER} besides its own`,
      ]
    : [];

function advice(spec: Delivered<ArgoCdDelivery>, identity: ClusterIdentity): readonly string[] {
  const { delivery } = spec;
  if (delivery.mode === 'pull') {
    return [
      "apply it once to the cluster, with Argo CD 3.1 or later in it; Argo CD's own settings decide how often it asks the source",
      ...sourceAdvice(delivery),
    ];
  }
  return [
    `apply it once to the hub, whose Argo CD (3.1 or later) has the cluster under the name ${identity.cluster}, then tell the hub who the cluster is:`,
    labelCommand(spec, identity),
    ...(delivery.steps === undefined
      ? []
      : [
          'the ApplicationSet controller runs with --enable-progressive-syncs: else all clusters sync at once',
        ]),
    ...sourceAdvice(delivery),
  ];
}

/**
 * Delivery by Argo CD 3.1 or later: from a hub by ApplicationSets, or in each cluster by an Application of its own.
 *
 * That applies what Git says; it does not soak a wave, gate on a metric or go back by itself, and a cluster is healthy
 * only with every device. Steps order the clusters of one commit, and wait for each of them however long it is off.
 */
export const argoCdTarget: Target<ArgoCdDelivery> = {
  capabilities: CAPABILITIES.argocd,
  frame,
  bootstrap: (spec, identity) =>
    spec.delivery.mode === 'pull'
      ? [ownApplication(spec, identity)]
      : [setsApplication(spec.name, spec.delivery)],
  advice,
  hub: applicationSets,
};
