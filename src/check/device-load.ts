// Which pods of a release may meet on one device, in the worst case.

import type { ClassSpec } from '../fleet/spec.ts';
import type { PlacedObject } from '../synth/manifests.ts';
import { asRecord, within, type Json } from './json.ts';
import { podTemplateOf, type PodTemplate } from './pods.ts';

/** What a device is in its cluster: a K3s server carries the control plane, an agent does not. */
export type Role = 'server' | 'agent';

/** Pods of one object on one device. */
export interface Load {
  readonly pod: PodTemplate;
  /** `Kind "name"`. */
  readonly what: string;
  /** How many may run on one device. */
  readonly count: number;
  /** How many more run there during an update. */
  readonly surge: number;
  /** Whether an update may stop an old pod before the new one is ready. */
  readonly mayStopFirst: boolean;
}

/** The roles that devices of a class have. */
export const rolesOf = ({ servers, maxDevicesPerCluster }: ClassSpec): readonly Role[] =>
  maxDevicesPerCluster > servers ? ['server', 'agent'] : ['server'];

const SERVERS_ONLY = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/**
 * The pods that may meet on one device. A DaemonSet has one on each; replicas are spread over the smallest cluster
 * there can be, which is its servers alone.
 */
export function loadsOn(objects: readonly PlacedObject[], device: ClassSpec, role: Role): readonly Load[] {
  return objects.flatMap((placed) => {
    const { kind, metadata, spec } = placed.object;
    const pod = podTemplateOf(placed) ?? referredPod(objects, placed);
    if (!pod || !canRunOn(pod.spec, device, role)) return [];
    const tried = kind === 'Deployment' ? triedBeside(objects, placed, device.servers) : undefined;
    const { count, surge, mayStopFirst } = tried ?? podsOf(kind, asRecord(spec), device.servers);
    return count === 0 ? [] : [{ pod, what: `${kind} "${metadata.name}"`, count, surge, mayStopFirst }];
  });
}

/** The object that an object refers to by kind and name. */
const referred = (objects: readonly PlacedObject[], ref: unknown): PlacedObject | undefined =>
  objects.find(
    ({ object }) => object.kind === within(ref, 'kind') && object.metadata.name === within(ref, 'name'),
  );

/** The pods of a Rollout of Argo Rollouts that takes them from a Deployment (`workloadRef`). */
function referredPod(objects: readonly PlacedObject[], { object }: PlacedObject): PodTemplate | undefined {
  if (object.kind !== 'Rollout') return undefined;
  const deployment = referred(objects, within(object, 'spec', 'workloadRef'));
  return deployment && podTemplateOf(deployment);
}

/** The pods of a Deployment that a Canary of Flagger targets: a copy runs, and while it is tried the new version beside it. */
function triedBeside(
  objects: readonly PlacedObject[],
  { object }: PlacedObject,
  servers: number,
): Pick<Load, 'count' | 'surge' | 'mayStopFirst'> | undefined {
  const canary = objects.find(
    (other) =>
      other.object.kind === 'Canary' &&
      within(other.object, 'spec', 'targetRef', 'name') === object.metadata.name,
  );
  if (canary === undefined) return undefined;
  const scaler = referred(objects, within(canary.object, 'spec', 'autoscalerRef'));
  const least = within(scaler?.object, 'spec', 'minReplicas') ?? within(object, 'spec', 'replicas');
  const replicas = numberOr(least, 1);
  const count = Math.ceil(replicas / servers);
  return { count, surge: Math.ceil((2 * replicas) / servers) - count, mayStopFirst: false };
}

/** Whether the node selector lets a pod onto the device. Labels that we do not know count as there. */
function canRunOn(spec: Json, { arch }: ClassSpec, role: Role): boolean {
  const selector = asRecord(spec['nodeSelector']);
  const wanted = selector['kubernetes.io/arch'];
  if (wanted !== undefined && wanted !== arch) return false;
  return role === 'server' || !SERVERS_ONLY.some((label) => label in selector);
}

const numberOr = (value: unknown, missing: number): number => (typeof value === 'number' ? value : missing);

function podsOf(kind: string, spec: Json, servers: number): Pick<Load, 'count' | 'surge' | 'mayStopFirst'> {
  if (kind === 'DaemonSet') {
    const update = spec['updateStrategy'];
    if (within(update, 'type') === 'OnDelete') return { count: 1, surge: 0, mayStopFirst: true };
    const surge = atMost(within(update, 'rollingUpdate', 'maxSurge') ?? 0, 1, 'up');
    return { count: 1, surge: Math.min(1, surge), mayStopFirst: surge === 0 };
  }
  if (kind === 'Job') return { count: numberOr(spec['parallelism'], 1), surge: 0, mayStopFirst: true };
  if (kind === 'CronJob') {
    const parallel = within(spec, 'jobTemplate', 'spec', 'parallelism');
    return { count: numberOr(parallel, 1), surge: 0, mayStopFirst: true };
  }
  const replicas = kind === 'Pod' ? 1 : numberOr(spec['replicas'], 1);
  const count = Math.ceil(replicas / servers);
  const strategy = asRecord(spec['strategy']);
  const isRolling = kind === 'Rollout' || (kind === 'Deployment' && strategy['type'] !== 'Recreate');
  if (!isRolling) return { count, surge: 0, mayStopFirst: true };
  const rolling = kind === 'Rollout' ? strategy['canary'] : strategy['rollingUpdate'];
  const maxSurge = atMost(within(rolling, 'maxSurge') ?? '25%', replicas, 'up');
  const unavailable = atMost(within(rolling, 'maxUnavailable') ?? '25%', replicas, 'down');
  const surge = Math.ceil((replicas + maxSurge) / servers) - count;
  return { count, surge, mayStopFirst: unavailable > 0 };
}

/** A number or percentage of pods; Kubernetes rounds surge up and unavailable down. */
export function atMost(value: unknown, of: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(String(value))?.[1];
  if (percent === undefined) return 0;
  const exact = (Number(percent) * of) / 100;
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
