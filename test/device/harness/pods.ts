// Pods as the API server has them.

import type { KubeObject } from '../../../src/synth/manifests.ts';
import type { Condition, Live } from '../../harness/api.ts';
import type { ControlPlane } from '../../harness/control-plane.ts';
import { until } from '../../harness/until.ts';

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly image?: { readonly reference: string };
  }[];
}

interface Ended {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly finishedAt: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly containerID?: string;
  readonly imageID: string;
  readonly state: {
    readonly running?: { readonly startedAt: string };
    readonly waiting?: { readonly reason: string; readonly message?: string };
    readonly terminated?: Ended;
  };
  readonly lastState: { readonly terminated?: Ended };
}

export interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly podIP?: string;
  readonly conditions?: readonly (Condition & { readonly lastTransitionTime: string })[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
}

export type Pod = Live<PodSpec, PodStatus>;

/** The pod specs within objects of kinds that have pod templates, to be changed in place. */
export const objectsOfPods = (objects: readonly KubeObject[]): readonly PodSpec[] =>
  objects.flatMap(({ spec }) => {
    const { template } = (spec ?? {}) as { readonly template?: { readonly spec?: PodSpec } };
    return template?.spec?.containers ? [template.spec] : [];
  });

/** Pods of a namespace that are not being deleted. */
export async function podsIn(plane: ControlPlane, namespace: string, labels = ''): Promise<readonly Pod[]> {
  const pods = (await plane.api.list('v1', 'Pod', namespace, labels)) as readonly Pod[];
  return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

export const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

export const versionOf = ({ metadata }: Pod): string => metadata.labels!['breakwater.dev/version']!;

/** State of a container, also of a sidecar or an init container. */
export const containerOf = ({ status }: Pod, name: string): ContainerStatus | undefined =>
  [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find(
    (container) => container.name === name,
  );

/** What is wrong with pods, for messages. */
const told = (pods: readonly Pod[]): string =>
  JSON.stringify(
    pods.map(({ metadata, status }) => [
      metadata.name,
      status?.phase,
      status?.reason,
      status?.message,
      ...[...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(
        ({ name, ready, state }) => [name, ready, state],
      ),
    ]),
  );

/** Wait for a pod to be as it is asked for. */
export function untilPod<T>(
  plane: ControlPlane,
  namespace: string,
  name: string,
  what: string,
  ask: (pod: Pod) => T | undefined | false,
  timeoutMs = 90_000,
): Promise<T> {
  return until(
    `${name} ${what}`,
    async () => {
      const pod = await plane.api.get<PodSpec, PodStatus>('v1', 'Pod', namespace, name);
      const answer = pod && ask(pod);
      if (answer !== undefined && answer !== false) return answer;
      throw new Error(pod ? told([pod]) : 'there is no such pod');
    },
    { timeoutMs },
  );
}
