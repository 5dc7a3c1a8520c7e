// Devices: nodes whose kubelet kwok plays.

import type { Condition } from '../../harness/api.ts';
import type { ControlPlane } from '../../harness/control-plane.ts';
import { startKwok } from './kwok.ts';
import type { Running } from '../../harness/process.ts';
import { until } from '../../harness/until.ts';

export interface NodeSize {
  readonly cpu: string;
  readonly memory: string;
  readonly 'ephemeral-storage': string;
  readonly [extended: string]: string;
}

/** Room for the fleets of all tests at once, and less than the 64Gi that their definitions claim. */
const BIG: NodeSize = { cpu: '64', memory: '32Gi', 'ephemeral-storage': '512Gi' };

interface NodeOptions {
  /** Which kwok plays them. @default "kwok" */
  readonly kubelet?: string;
  readonly arch?: string;
  /** What the kubelet reports as allocatable. */
  readonly size?: NodeSize;
}

/** Make nodes; they become ready once their kwok runs. */
export async function addNodes(
  plane: ControlPlane,
  names: readonly string[],
  { kubelet = 'kwok', arch = 'amd64', size = BIG }: NodeOptions = {},
): Promise<void> {
  for (const name of names) {
    await plane.api.apply({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: { 'kubernetes.io/arch': arch, 'kubernetes.io/os': 'linux', 'kubernetes.io/hostname': name },
        annotations: { 'kwok.x-k8s.io/node': kubelet },
      },
    });
    const status = { capacity: { ...size, pods: '110' }, allocatable: { ...size, pods: '110' } };
    await plane.api.merge('v1', 'Node', undefined, name, { status }, 'status');
  }
}

interface NodeStatus {
  readonly conditions?: readonly Condition[];
}
interface NodeSpec {
  readonly taints?: readonly { readonly key: string }[];
}

/** Names of nodes on which pods can be placed. */
export async function readyNodes(plane: ControlPlane): Promise<readonly string[]> {
  const nodes = await plane.api.list<NodeSpec, NodeStatus>('v1', 'Node');
  return nodes
    .filter(
      ({ spec, status }) =>
        (spec.taints ?? []).length === 0 &&
        status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
    )
    .map(({ metadata }) => metadata.name);
}

/** Nodes of one kwok, whose process is the power plug of all of them. */
export async function startNodes(
  plane: ControlPlane,
  names: readonly string[],
  options: NodeOptions = {},
): Promise<Running> {
  const kubelet = options.kubelet ?? 'kwok';
  await addNodes(plane, names, options);
  const kwok = await startKwok(plane, kubelet);
  await until(`nodes ${names.join(', ')}`, async () => {
    const ready = await readyNodes(plane);
    return names.every((name) => ready.includes(name));
  });
  return kwok;
}
