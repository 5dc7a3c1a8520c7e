// Which programs the tests run, and from which pinned Go module each is built.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder with one Go module for each project: their replace directives contradict each other. */
export const GO_FOLDER = fileURLToPath(new URL('../go', import.meta.url));

interface Program {
  /** Folder in `go/`. */
  readonly project: string;
  /** The main package; its version is what the project's go.mod requires. */
  readonly package: string;
  /** What a first build takes on two cores, measured one after the other. */
  readonly minutes: number;
}

export const PROGRAMS = {
  etcd: { project: 'etcd', package: 'go.etcd.io/etcd/server/v3', minutes: 1 },
  'kube-apiserver': { project: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver', minutes: 4 },
  'kube-controller-manager': {
    project: 'kubernetes',
    package: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    minutes: 1.5,
  },
  'kube-scheduler': { project: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-scheduler', minutes: 0.5 },
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
  prometheus: {
    project: 'prometheus',
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    minutes: 4,
  },
  promtool: { project: 'prometheus', package: 'github.com/prometheus/prometheus/cmd/promtool', minutes: 0.5 },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof PROGRAMS;

/** Programs that stand in the folder `KUBEBUILDER_ASSETS` by the convention of the Go world, and are taken from it. */
export const KUBEBUILDER: ReadonlySet<string> = new Set(['etcd', 'kube-apiserver']);

/** The version of a module that a project's go.mod requires, such as `v1.37.2`. */
export function requiredVersion(project: string, module: string): string {
  const text = readFileSync(join(GO_FOLDER, project, 'go.mod'), 'utf8');
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
  if (!project.startsWith('kubernetes')) return '-s -w';
  const version = requiredVersion(project, 'k8s.io/kubernetes');
  const [major, minor] = version.slice(1).split('.');
  return ['-s -w', set('gitVersion', version), set('gitMajor', major!), set('gitMinor', minor!)].join(' ');
}
