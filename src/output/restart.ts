import type { Version } from '../plan/plan.ts';
import { mapTemplate, VERSION_LABEL } from '../synth/version.ts';
import type { KubeObject } from '../synth/manifests.ts';
import { objectsOf } from './object-diff.ts';

/** A release as far as a comparison needs it. */
export interface ReleaseContent {
  /** By workload. */
  readonly versions: Readonly<Record<string, Version>>;
  /** Path from the release's folder → text. */
  readonly files: ReadonlyMap<string, string>;
}

/** What becomes of one workload's pods on each device. */
export interface WorkloadChange {
  readonly workload: string;
  /** `restarted`: its version differs. */
  readonly change: 'created' | 'restarted' | 'unchanged' | 'deleted';
  /**
   * Longest time in seconds from the end of the old pod until the new one is ready, as its grace period and probes
   * allow it: 0 where the new one is ready first. Pulling images comes on top. Only where it is restarted.
   */
  readonly unavailableSeconds?: number;
  /** Images of the new pod that the old one did not have. Only where it is restarted. */
  readonly pulls?: readonly string[];
}

/** Compare the workloads of two releases. */
export function workloadChanges(
  before: ReleaseContent | undefined,
  after: ReleaseContent,
): readonly WorkloadChange[] {
  const old = before?.versions ?? {};
  const names = [...new Set([...Object.keys(old), ...Object.keys(after.versions)])].toSorted();
  return names.map((workload): WorkloadChange => {
    const [was, is] = [old[workload], after.versions[workload]];
    if (was === undefined) return { workload, change: 'created' };
    if (is === undefined) return { workload, change: 'deleted' };
    if (was === is) return { workload, change: 'unchanged' };
    const oldPods = podsOf(before!, was);
    const newPods = podsOf(after, is);
    const known = new Set(oldPods.flatMap(imagesOf));
    return {
      workload,
      change: 'restarted',
      unavailableSeconds: Math.max(
        0,
        ...newPods.map((pod) => (pod.readyFirst ? 0 : graceOf(oldPods) + startOf(pod))),
      ),
      pulls: [...new Set(newPods.flatMap(imagesOf))].filter((image) => !known.has(image)),
    };
  });
}

type Json = Readonly<Record<string, unknown>>;

interface Pod {
  readonly spec: Json;
  /** Whether a new pod is ready before the old one ends. */
  readonly readyFirst: boolean;
}

/** The pods of a workload: their label has its version. */
function podsOf({ files }: ReleaseContent, version: Version): readonly Pod[] {
  const pods: Pod[] = [];
  for (const { object } of objectsOf(files)) {
    mapTemplate(object, (template) => {
      if (at(template, 'metadata', 'labels', VERSION_LABEL) === version) {
        pods.push({ spec: (template['spec'] ?? {}) as Json, readyFirst: isReadyFirst(object) });
      }
      return template;
    });
  }
  return pods;
}

function isReadyFirst(object: KubeObject): boolean {
  if (object.kind === 'DaemonSet') {
    return share(at(object, 'spec', 'updateStrategy', 'rollingUpdate', 'maxSurge') ?? 0) > 0;
  }
  if (object.kind !== 'Deployment' || at(object, 'spec', 'strategy', 'type') === 'Recreate') return false;
  const unavailable = at(object, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%';
  const replicas = Number(at(object, 'spec', 'replicas') ?? 1);
  // Kubernetes rounds a percentage down: 25 % of 3 replicas is none.
  return typeof unavailable === 'string'
    ? Math.floor((share(unavailable) * replicas) / 100) === 0
    : share(unavailable) === 0;
}

/** The number of `1` and of `25%`. */
const share = (value: unknown): number => Number.parseInt(String(value), 10);

const containersOf = ({ spec }: Pod): readonly Json[] => [
  ...((spec['initContainers'] ?? []) as Json[]),
  ...((spec['containers'] ?? []) as Json[]),
];

const imagesOf = (pod: Pod): readonly string[] =>
  containersOf(pod).flatMap(({ image }) => (typeof image === 'string' ? [image] : []));

/** Seconds; Kubernetes' own default is 30. */
const graceOf = (pods: readonly Pod[]): number =>
  Math.max(0, ...pods.map(({ spec }) => Number(spec['terminationGracePeriodSeconds'] ?? 30)));

/** Seconds that the probes give the slowest container until it must be ready. */
const startOf = (pod: Pod): number =>
  Math.max(0, ...containersOf(pod).map((container) => budgetOf(container['startupProbe']) ?? 0));

/** How long a probe may fail, by its fields and Kubernetes' defaults for them. */
function budgetOf(probe: unknown): number | undefined {
  if (typeof probe !== 'object' || probe === null) return undefined;
  const {
    initialDelaySeconds = 0,
    failureThreshold = 3,
    periodSeconds = 10,
  } = probe as Record<string, number>;
  return initialDelaySeconds + failureThreshold * periodSeconds;
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Json)[key] : undefined),
    value,
  );
}
