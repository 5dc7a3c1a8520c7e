// A device: a private node with containerd and a kubelet that has joined a control plane.

import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { binaryPath } from '../../harness/build.ts';
import type { ControlPlane } from '../../harness/control-plane.ts';
import { until } from '../../harness/until.ts';
import { containerdConfig, kubeletConfig, networkConfig } from './device-config.ts';
import { startNode, type Node, type NodeSize } from './node.ts';
import type { ContainerStatus } from './pods.ts';
import { HOST, type Registry } from './registry.ts';

export interface Device {
  readonly name: string;
  /** The node as it runs now: another one after a reboot. */
  readonly node: Node;
  /** Cut the power, without a word to the control plane. */
  unplug(): Promise<void>;
  /** Boot again, with the same disk. */
  boot(): Promise<void>;
  /** Have an image there before a pod asks for it. */
  pull(reference: string): Promise<void>;
  /** Run a program in a container, as whom and with what its own program runs. Returns what it prints. */
  exec(container: ContainerStatus, ...args: readonly string[]): Promise<string>;
  /** A figure of a container's cgroup, such as `memory` and `memory.usage_in_bytes`. */
  cgroup(container: ContainerStatus, hierarchy: string, file: string): string;
}

interface Options {
  readonly folder: string;
  readonly name: string;
  /** Different for each device of a run: 1 to 250. */
  readonly number: number;
  readonly plane: ControlPlane;
  readonly registry: Registry;
  /** The image that pods' sandboxes run. */
  readonly pause: string;
  /** @default "1.36" */
  readonly minor?: '1.34' | '1.36';
  /** @default 4 processors and 8 GiB */
  readonly size?: NodeSize;
  /** Ports of this machine's loopback that pods reach, by the port at which they look for it. */
  readonly ports?: Readonly<Record<number, number>>;
}

const CONTAINERD = '/run/containerd/containerd.sock';

const ctr = (): readonly string[] => [binaryPath('ctr'), '--address', CONTAINERD, '--namespace', 'k8s.io'];

/** Start a device and wait until the control plane calls it ready: about 3 s. */
export async function startDevice(options: Options): Promise<Device> {
  let node = await boot(options);
  let execs = 0;
  /** Where a container's cgroup is, of those that were looked for. */
  const cgroups = new Map<string, string>();
  return {
    name: options.name,
    get node() {
      return node;
    },
    unplug: () => node.kill(),
    async boot() {
      node = await boot(options);
    },
    async pull(reference) {
      const hosts = ['--hosts-dir', join(node.folder, 'hosts')];
      await must(node.run(...ctr(), 'images', 'pull', ...hosts, reference));
    },
    async exec({ containerID }, ...args) {
      execs += 1;
      const id = idOf(containerID);
      const said = await must(node.run(...ctr(), 'tasks', 'exec', '--exec-id', `test-${execs}`, id, ...args));
      // ctr warns in between.
      return said.replaceAll(/^time=.*\n/gm, '');
    },
    cgroup({ containerID }, hierarchy, file) {
      const root = node.cgroups.get(hierarchy)!;
      const key = `${root} ${containerID}`;
      const found =
        cgroups.get(key) ??
        readdirSync(root, { recursive: true, encoding: 'utf8' }).find(
          (path) => basename(path) === idOf(containerID),
        );
      if (found === undefined) throw new Error(`no cgroup of ${containerID}`);
      cgroups.set(key, found);
      return readFileSync(join(root, found, file), 'utf8').trim();
    },
  };
}

/** A container's id as containerd has it. */
export const idOf = (containerID = ''): string => containerID.replace('containerd://', '');

/** What the kubelet counts of a container: all but pages of files that nobody used lately. In bytes. */
export function workingSet(device: Device, container: ContainerStatus): number {
  const usage = Number(device.cgroup(container, 'memory', 'memory.usage_in_bytes'));
  const stat = device.cgroup(container, 'memory', 'memory.stat');
  return usage - Number(/^total_inactive_file (\d+)$/m.exec(stat)![1]);
}

/** What a container needs: memory of its own, and the pages of files that it has mapped, used lately or not. In bytes. */
export function neededMemory(device: Device, container: ContainerStatus): number {
  const stat = device.cgroup(container, 'memory', 'memory.stat');
  const value = (name: string): number => Number(new RegExp(`^total_${name} (\\d+)$`, 'm').exec(stat)![1]);
  return value('rss') + value('mapped_file');
}

/**
 * Give back the pages of a file of images, so that who uses it next is charged for them, as on a device that serves one
 * model. Nobody may use it meanwhile. By dd, since Node cannot.
 */
export function forget({ node }: Device, path: string): void {
  const snapshots = join(node.folder, 'disk/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots');
  for (const snapshot of readdirSync(snapshots)) {
    const file = join(snapshots, snapshot, 'fs', path);
    if (!existsSync(file)) continue;
    const handle = openSync(file, 'r');
    fdatasyncSync(handle);
    closeSync(handle);
    spawnSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
  }
}

async function must(running: Promise<{ readonly status: number; readonly said: string }>): Promise<string> {
  const { status, said } = await running;
  if (status === 0) return said;
  throw new Error(`ended with ${status}: ${said}`);
}

async function boot(options: Options): Promise<Node> {
  const { folder, name, number, plane, registry, pause, minor = '1.36', ports = {} } = options;
  const { size = { cpus: 4, memoryMiB: 8192 } } = options;
  const bin = dirname(binaryPath('containerd'));
  const node = await startNode({
    folder,
    name,
    address: `10.200.${number}.1`,
    size,
    path: `${bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  });
  const at = (path: string): string => join(node.folder, path);
  const write = (path: string, content: string): string => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
    return at(path);
  };
  const server = `http://127.0.0.1:${registry.port}`;
  write(
    `hosts/${HOST}/hosts.toml`,
    `server = "${server}"\n[host."${server}"]\ncapabilities = ["pull", "resolve"]\n`,
  );
  write('network/10-pods.conflist', JSON.stringify(networkConfig(number)));
  write('resolv.conf', `nameserver ${node.address}\n`);
  const plugins = [...new Set([dirname(binaryPath('ptp')), dirname(binaryPath('loopback'))])];
  const containerd = write(
    'containerd.toml',
    containerdConfig({ pause, hosts: at('hosts'), plugins, network: at('network'), socket: CONTAINERD }),
  );
  const kubelet = write(
    'kubelet.yaml',
    stringify(kubeletConfig({ socket: CONTAINERD, resolv: at('resolv.conf') })),
  );
  await node.listen(`127.0.0.1:${registry.port}`, registry.port);
  await node.listen(new URL(plane.api.url).host, Number(new URL(plane.api.url).port));
  for (const [seen, port] of Object.entries(ports)) await node.listen(`${node.address}:${seen}`, port);
  await node.start('dns', [binaryPath('device-tools'), 'dns', node.address]);
  await node.start('containerd', [binaryPath('containerd'), '--config', containerd]);
  await until('containerd', async () => (await node.run(...ctr(), 'version')).status === 0, {
    everyMs: 50,
  });
  await node.start('kubelet', [
    binaryPath(`kubelet-${minor}`),
    `--config=${kubelet}`,
    `--kubeconfig=${plane.kubeconfig}`,
    `--hostname-override=${name}`,
    `--node-ip=${node.address}`,
    `--cert-dir=${at('certificates')}`,
    '--v=2',
  ]);
  return node;
}
