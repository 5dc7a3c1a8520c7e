// Which programs the tests run, and from which pinned Go module each is built.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folders with one Go module for each project: their replace directives contradict each other. */
const GO_FOLDERS = ['../cluster/go/', '../device/go/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** Where the go.mod of a project stands. */
export function projectFolder(project: string): string {
  const found = GO_FOLDERS.map((folder) => join(folder, project)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no Go module ${project} in ${GO_FOLDERS.join(' or ')}`);
  return found;
}

interface Program {
  /** Folder in `cluster/go/` or `device/go/`. */
  readonly project: string;
  /** The main package; its version is what the project's go.mod requires. */
  readonly package: string;
  /** What a first build takes on two cores, measured one after the other. */
  readonly minutes: number;
}

const kubernetes = (name: string, minutes: number, project = 'kubernetes') => ({
  project,
  package: `k8s.io/kubernetes/cmd/${name}`,
  minutes,
});
const containerd = (name: string, minutes: number) => ({
  project: 'containerd',
  package: `github.com/containerd/containerd/v2/cmd/${name}`,
  minutes,
});
const cni = (name: string) => ({
  project: 'cni',
  package: `github.com/containernetworking/plugins/plugins/${name}`,
  minutes: 0.1,
});

export const PROGRAMS = {
  etcd: { project: 'etcd', package: 'go.etcd.io/etcd/server/v3', minutes: 1 },
  'kube-apiserver': kubernetes('kube-apiserver', 4),
  'kube-controller-manager': kubernetes('kube-controller-manager', 1.5),
  'kube-scheduler': kubernetes('kube-scheduler', 0.5),
  kwok: { project: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', minutes: 1.5 },
  'kustomize-controller': {
    project: 'flux',
    package: 'github.com/fluxcd/kustomize-controller',
    minutes: 2,
  },
  'rollouts-controller': {
    project: 'argo-rollouts',
    package: 'github.com/argoproj/argo-rollouts/cmd/rollouts-controller',
    minutes: 2,
  },
  flagger: { project: 'flagger', package: 'github.com/fluxcd/flagger/cmd/flagger', minutes: 2 },
  prometheus: {
    project: 'prometheus',
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    minutes: 4,
  },
  promtool: { project: 'prometheus', package: 'github.com/prometheus/prometheus/cmd/promtool', minutes: 0.5 },
  'kubelet-1.36': kubernetes('kubelet', 2.5, 'kubelet-1.36'),
  'kubelet-1.34': kubernetes('kubelet', 2.5, 'kubelet-1.34'),
  containerd: containerd('containerd', 1),
  'containerd-shim-runc-v2': containerd('containerd-shim-runc-v2', 0.2),
  ctr: containerd('ctr', 0.2),
  ptp: cni('main/ptp'),
  loopback: cni('main/loopback'),
  'host-local': cni('ipam/host-local'),
  'node-init': { project: 'node-init', package: '.', minutes: 0.1 },
  'device-tools': { project: 'device-tools', package: '.', minutes: 0.1 },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof PROGRAMS;

/** Programs that stand in the folder `KUBEBUILDER_ASSETS` by the convention of the Go world, and are taken from it. */
export const KUBEBUILDER: ReadonlySet<string> = new Set(['etcd', 'kube-apiserver']);

/** The version of a module that a project's go.mod requires, such as `v1.37.2`. */
export function requiredVersion(project: string, module: string): string {
  const text = readFileSync(join(projectFolder(project), 'go.mod'), 'utf8');
  const line = text.split('\n').find((line) =>
    line
      .trim()
      .replace(/^require /, '')
      .startsWith(`${module} v`),
  );
  if (line === undefined) throw new Error(`${project}/go.mod does not require ${module}`);
  return line
    .trim()
    .replace(/^require /, '')
    .split(' ')[1]!;
}

const set = (name: string, value: string): string => `-X k8s.io/component-base/version.${name}=${value}`;

/** Linker flags: without symbols; Kubernetes also needs to be told its version, which it otherwise takes from its own build. */
export function linkerFlags(project: string): string {
  if (!project.startsWith('kube')) return '-s -w';
  const version = requiredVersion(project, 'k8s.io/kubernetes');
  const [major, minor] = version.slice(1).split('.');
  return ['-s -w', set('gitVersion', version), set('gitMajor', major!), set('gitMinor', minor!)].join(' ');
}

/** What a project is built without: storage drivers of containerd that need C libraries. */
export const buildTags = (project: string): string =>
  project === 'containerd' ? 'no_btrfs,no_devmapper,no_zfs' : '';
