// Objects that pass every rule, so that an example shows only what it is about.

import type { KubeObject, ObjectsSubject } from '../check/rule.ts';
import type { ExternalObjects } from '../fleet/spec.ts';

type Fields = Readonly<Record<string, unknown>>;

/** 64 hex digits, as a digest has. */
const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

export const exampleImage = (name: string): string => `registry.example.com/${name}@sha256:${DIGEST}`;

/** The model server's container, with fields replaced. */
export const exampleContainer = (fields: Fields = {}): Fields => ({
  name: 'server',
  image: exampleImage('server'),
  imagePullPolicy: 'IfNotPresent',
  resources: {
    requests: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '64Mi' },
    limits: { cpu: '1', memory: '512Mi', 'ephemeral-storage': '64Mi' },
  },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
  ...fields,
});

/** A pod's spec with the model server's container, with fields replaced. */
export const examplePodSpec = (fields: Fields = {}): Fields => ({
  automountServiceAccountToken: false,
  containers: [exampleContainer()],
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  ...fields,
});

const labels = { 'app.kubernetes.io/name': 'inference', 'app.kubernetes.io/part-of': 'store-cameras' };

/** The model server as a DaemonSet. `pod` replaces fields of the pod's spec, `spec` fields of the DaemonSet's. */
export const exampleDaemonSet = (pod: Fields = {}, spec: Fields = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'inference', namespace: 'store-cameras', labels },
  spec: {
    selector: { matchLabels: labels },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 3 } },
    template: { metadata: { labels }, spec: examplePodSpec(pod) },
    ...spec,
  },
});

/** A Deployment of one replica that stops the old pod before it starts the new one. */
export const exampleDeployment = (pod: Fields = {}, spec: Fields = {}): KubeObject => ({
  ...exampleDaemonSet(),
  kind: 'Deployment',
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    strategy: { type: 'Recreate' },
    template: { metadata: { labels }, spec: examplePodSpec(pod) },
    ...spec,
  },
});

/** Any small object. */
export const exampleObject = (kind: string, name: string, fields: Fields = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'store-cameras' },
  ...fields,
});

/** Objects of one release. */
export const exampleObjects = (
  objects: readonly KubeObject[],
  { external = {}, complete = true }: { external?: ExternalObjects; complete?: boolean } = {},
): ObjectsSubject => ({
  objects: objects.map((object) => ({
    object,
    file: `objects/${object.kind.toLowerCase()}-${object.metadata.name}.yaml`,
    document: 0,
    workload: 'inference',
  })),
  external: complete ? external : undefined,
  complete,
});
