// What runs on a device before anything of ours: K3s with its packaged components, and Flux.

import type { ClassSpec } from '../fleet/spec.ts';
import { parseBytes } from '../fleet/units.ts';
import type { Role } from './device-load.ts';

const MiB = 2 ** 20;

/**
 * Requests of system pods, which the scheduler may put on any device: coredns and metrics-server of K3s (100m and
 * 70Mi each), Flux's source-controller (50m and 64Mi) and its three other controllers (100m and 64Mi each).
 *
 * @see https://github.com/k3s-io/k3s/blob/master/manifests/coredns.yaml
 * @see https://github.com/fluxcd/source-controller/blob/main/config/manager/deployment.yaml
 */
export const SYSTEM_REQUESTS = { memory: 396 * MiB, millicores: 550 } as const;

/** What Flux's four controllers request; what they use depends on the source, and is not measured here. */
const FLUX = 256 * MiB;

/** What coredns and metrics-server request. */
const PACKAGED = 140 * MiB;

/**
 * What K3s takes of a device's memory: the 95th percentile that its authors measured (v1.26.5 on x86, etcd). For a
 * server we take the figure of one that carries an agent's cluster but no workload of its own, 1,450 MB, which
 * includes the packaged components and their monitoring; for an agent 275 MB. On a small board the figure is too
 * high: `k3sMemory` of the class overrides it with one that was measured there.
 *
 * @see https://docs.k3s.io/reference/resource-profiling
 */
const K3S = { server: 1_450_000_000, agent: 275_000_000 } as const;

/** One term of a sum: bytes, and what takes them. */
export interface Term {
  readonly bytes: number;
  readonly what: string;
}

/** What a device's memory carries besides our pods. */
export function systemMemory({ k3sMemory }: ClassSpec, role: Role): readonly Term[] {
  const flux = { bytes: FLUX, what: 'Flux' };
  if (k3sMemory) return [{ bytes: parseBytes(k3sMemory[role]), what: 'K3s as declared' }, flux];
  const k3s = {
    bytes: K3S[role],
    what: `K3s as its authors measured a${role === 'agent' ? 'n agent' : ' server'}`,
  };
  return role === 'server'
    ? [k3s, flux]
    : [k3s, { bytes: PACKAGED, what: 'coredns and metrics-server' }, flux];
}

/** What the scheduler may give to pods on a device: all of it, since K3s reserves nothing unless told to. */
export const allocatableMemory = ({ memory, allocatable }: ClassSpec): number =>
  parseBytes(allocatable?.memory ?? memory);
