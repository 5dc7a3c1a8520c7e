// What a machine must have before devices can be made on it, and what of it must be the same afterwards.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { hierarchies } from './cgroups.ts';

const finds = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

/** Why no device can be made here; `undefined` where one can. */
export function whyNot(): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'not Linux on amd64';
  if (process.getuid?.() !== 0) return 'not root: a device needs namespaces, cgroups and mounts of its own';
  const names = hierarchies().map(({ name }) => name);
  const lacking = ['memory', 'cpu', 'cpuset', 'pids', 'name=systemd'].filter(
    (name) => !names.some((one) => one.split(',').includes(name)),
  );
  if (lacking.length > 0) return `no cgroup v1 hierarchy ${lacking.join(', ')} (v2 has not been tried)`;
  if (spawnSync('unshare', ['--mount', '--pid', '--net', '--fork', 'true']).status !== 0)
    return 'namespaces cannot be made here';
  const absent = ['runc', 'docker-registry', 'tar', 'openssl'].filter((program) => !finds(program));
  return absent.length > 0 ? `no ${absent.join(', no ')}: apt-get install runc docker-registry` : undefined;
}

/** The kernel's settings that the kubelet or containerd could change. */
const SETTINGS = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
  'net/ipv4/ip_forward',
  'net/ipv6/conf/all/forwarding',
];

const text = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');

/** What must be the same before and after: settings, mounts, network, cgroups. */
export function stateOfMachine(): Readonly<Record<string, unknown>> {
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, text(`/proc/sys/${name}`)]));
  return {
    settings,
    mounts: text('/proc/self/mounts').split('\n'),
    interfaces: existsSync('/sys/class/net') ? readdirSync('/sys/class/net').toSorted() : [],
    routes: text('/proc/net/route').split('\n').toSorted(),
    filters: text('/proc/net/ip_tables_names'),
    varLib: ['kubelet', 'containerd', 'cni'].map((name) => existsSync(`/var/lib/${name}`)),
    run: ['containerd', 'runc', 'netns'].map((name) => existsSync(`/run/${name}`)),
  };
}
