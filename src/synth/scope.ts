import type { KubeObject } from './manifests.ts';

/**
 * Built-in kinds that live in no namespace, by API group.
 * @see https://kubernetes.io/docs/reference/kubectl/generated/kubectl_api-resources/
 */
const CLUSTER_SCOPED: Readonly<Record<string, readonly string[]>> = {
  '': ['ComponentStatus', 'Namespace', 'Node', 'PersistentVolume'],
  'admissionregistration.k8s.io': [
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'authentication.k8s.io': ['SelfSubjectReview', 'TokenReview'],
  'authorization.k8s.io': ['SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'internal.apiserver.k8s.io': ['StorageVersion'],
  'networking.k8s.io': ['IPAddress', 'IngressClass', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'DeviceTaintRule', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
  'storagemigration.k8s.io': ['StorageVersionMigration'],
};

/** API group of an `apiVersion`; empty for the core group. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

/** What tells objects apart on a cluster: group, kind, namespace and name, whatever the version. */
export const identityOf = ({ apiVersion, kind, metadata: { namespace = '', name } }: KubeObject): string =>
  `${groupOf(apiVersion)}/${kind}/${namespace}/${name}`;

/** Kinds that the definitions among these objects place in no namespace, as `group/Kind`. */
function definedClusterScoped(objects: readonly KubeObject[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { kind, spec } of objects) {
    if (kind !== 'CustomResourceDefinition') continue;
    const { group, scope, names } = spec as {
      readonly group?: string;
      readonly scope?: string;
      readonly names?: { readonly kind?: string };
    };
    if (scope === 'Cluster') found.add(`${group}/${names?.kind}`);
  }
  return found;
}

/**
 * Put objects that name no namespace into `namespace`, unless their kind lives in none: a built-in one, or one that
 * a CustomResourceDefinition among the objects says so of. For another such kind, write `namespace: ''`, which is
 * how Kubernetes itself writes "none".
 */
export function placeInNamespace(objects: readonly KubeObject[], namespace: string): readonly KubeObject[] {
  const defined = definedClusterScoped(objects);
  return objects.map((object) => {
    const { namespace: own, ...metadata } = object.metadata;
    const group = groupOf(object.apiVersion);
    const isClusterScoped =
      own === '' ||
      (CLUSTER_SCOPED[group]?.includes(object.kind) ?? false) ||
      defined.has(`${group}/${object.kind}`);
    return { ...object, metadata: isClusterScoped ? metadata : { ...metadata, namespace: own ?? namespace } };
  });
}
