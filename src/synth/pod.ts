// The part of Kubernetes' pod that our own constructs write. cdk8s-plus-28 has these types up to Kubernetes 1.28 and
// drops without a word what they do not know, such as image volumes.

export interface Resources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

export interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?:
    | { readonly configMapKeyRef: { readonly name: string; readonly key: string } }
    | { readonly fieldRef: { readonly fieldPath: string } };
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

export interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string };
  readonly emptyDir?: { readonly sizeLimit: string };
  /** An OCI image, read-only: K3s 1.35 and later. */
  readonly image?: { readonly reference: string; readonly pullPolicy: 'IfNotPresent' };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: 'IfNotPresent';
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly {
    readonly name: string;
    readonly containerPort: number;
    readonly protocol: 'TCP';
  }[];
  readonly resources: Resources;
  readonly securityContext: typeof RESTRICTED_CONTAINER;
  readonly volumeMounts?: readonly VolumeMount[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  /** Of an init container: a sidecar, which runs as long as the pod. */
  readonly restartPolicy?: 'Always';
}

export interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: false;
  readonly enableServiceLinks: false;
  readonly priorityClassName: string;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly securityContext: typeof RESTRICTED_POD;
  readonly terminationGracePeriodSeconds: number;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
}

/** A user that owns nothing on the device. */
const NOBODY = 65532;

/** What the restricted Pod Security Standard asks of a pod. */
export const RESTRICTED_POD = {
  runAsNonRoot: true,
  runAsUser: NOBODY,
  runAsGroup: NOBODY,
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/** What it asks of a container, and no writing but to volumes. */
export const RESTRICTED_CONTAINER = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
} as const;

/**
 * Request and limit alike for everything: the pod is Guaranteed, so the last that the kernel or the kubelet takes
 * memory from, and what was tested is what runs.
 * @param extended extended resources in whole units, such as `nvidia.com/gpu`
 */
export function guaranteed(
  memory: string,
  cpu: string,
  ephemeralStorage: string,
  extended: Readonly<Record<string, number>> = {},
): Resources {
  const counts = Object.entries(extended).map(([name, count]) => [name, String(count)] as const);
  const all = { memory, cpu, 'ephemeral-storage': ephemeralStorage, ...Object.fromEntries(counts) };
  return { requests: all, limits: all };
}

/**
 * What the kubelet keeps of one container's logs by default: 5 files of 10 MiB. It counts as ephemeral storage.
 * @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 */
export const LOG_BYTES = 50 * 2 ** 20;
