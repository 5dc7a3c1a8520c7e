import type { ProgramName } from '../harness/binaries.ts';

/** What these tests run. */
export const CLUSTER_PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'kustomize-controller',
  'rollouts-controller',
  'flagger',
  'prometheus',
  'promtool',
] as const satisfies readonly ProgramName[];
