import type { ProgramName } from '../harness/binaries.ts';

/** What these tests run. */
export const DEVICE_PROGRAMS = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kustomize-controller',
  'prometheus',
  'kubelet-1.36',
  'kubelet-1.34',
  'containerd',
  'containerd-shim-runc-v2',
  'ctr',
  'ptp',
  'loopback',
  'host-local',
  'node-init',
  'device-tools',
] as const satisfies readonly ProgramName[];
