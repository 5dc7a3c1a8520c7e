// A cluster of devices that kwok plays, with Flux on it.

import { startControlPlane } from '../../harness/control-plane.ts';
import {
  startControllerManager,
  startKustomizeController,
  startScheduler,
} from '../../harness/controllers.ts';
import type { FluxCluster } from '../../harness/flux.ts';
import { installCrds, isFlux } from '../../harness/install-crds.ts';
import type { Running } from '../../harness/process.ts';
import { startNodes, type NodeSize } from './nodes.ts';

export interface KwokCluster extends FluxCluster {
  /** The power plugs of the nodes, by kwok's name. */
  readonly kubelets: Readonly<Record<string, Running>>;
  stop(): Promise<void>;
}

interface Options {
  readonly folder: string;
  readonly name: string;
  /** Feature gates of kustomize-controller. */
  readonly gates?: readonly string[];
  /** Names of nodes, by the kwok that plays them. */
  readonly nodes: Readonly<Record<string, readonly string[]>>;
  readonly size?: NodeSize;
}

/** Start everything that a cluster of a fleet has: about 10 s. */
export async function startFluxCluster({
  folder,
  name,
  gates = [],
  nodes,
  size,
}: Options): Promise<KwokCluster> {
  const plane = await startControlPlane({ folder, name });
  const started: Running[] = [];
  const keep = async (starting: Promise<Running>): Promise<Running> => {
    const process = await starting;
    started.push(process);
    return process;
  };
  await installCrds(plane.api, isFlux);
  await plane.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'flux-system' } });
  const [, , , ...kubelets] = await Promise.all([
    keep(startControllerManager(plane)),
    keep(startScheduler(plane)),
    keep(startKustomizeController(plane, gates)),
    ...Object.entries(nodes).map(([kubelet, names]) =>
      keep(startNodes(plane, names, { kubelet, ...(size ? { size } : {}) })),
    ),
  ]);
  return {
    plane,
    kubelets: Object.fromEntries(Object.keys(nodes).map((kubelet, index) => [kubelet, kubelets[index]!])),
    async stop() {
      await Promise.all(started.map((process) => process.stop()));
      await plane.stop();
    },
  };
}
