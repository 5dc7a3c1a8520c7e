import { fileURLToPath } from 'node:url';
import type { ControlPlane } from '../../harness/control-plane.ts';
import { healthy } from '../../harness/controllers.ts';
import { start, startOnFreePorts, type Running } from '../../harness/process.ts';

/**
 * kwok: plays the kubelet of the nodes whose annotation `kwok.x-k8s.io/node` names it (`kwok-stages.yaml`).
 * @param name of this kwok; several on one plane are several power plugs. The one named `stuck` starts no pod
 *   (`kwok-stuck.yaml`)
 */
export async function startKwok(plane: ControlPlane, name = 'kwok'): Promise<Running> {
  const { process } = await startOnFreePorts(
    1,
    ([port]) =>
      start({
        folder: plane.folder,
        name: `${plane.name}-${name}`,
        program: 'kwok',
        args: [
          `--kubeconfig=${plane.kubeconfig}`,
          `--config=${fileURLToPath(new URL(name === 'stuck' ? 'kwok-stuck.yaml' : 'kwok-stages.yaml', import.meta.url))}`,
          '--manage-all-nodes=false',
          // Heartbeats by lease, every quarter of this.
          '--node-lease-duration-seconds=20',
          `--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=${name}`,
          '--cidr=10.1.0.0/16',
          '--node-ip=10.2.0.1',
          `--server-address=127.0.0.1:${port}`,
        ],
      }),
    ([port]) => healthy(`http://127.0.0.1:${port}/healthz`),
  );
  return process;
}
