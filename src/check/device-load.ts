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
    const pod = podTemplateOf(placed);
    if (!pod || !canRunOn(pod.spec, device, role)) return [];
    const { kind, metadata, spec } = placed.object;
    const { count, surge, mayStopFirst } = podsOf(kind, asRecord(spec), device.servers);
    return count === 0 ? [] : [{ pod, what: `${kind} "${metadata.name}"`, count, surge, mayStopFirst }];
  });
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
  if (kind !== 'Deployment' || strategy['type'] === 'Recreate')
    return { count, surge: 0, mayStopFirst: true };
  const rolling = strategy['rollingUpdate'];
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
