// The real controllers beside an API server, each started alone so that a test has only what it needs.

import { connect } from 'node:net';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { start, startOnFreePorts, type Running } from './process.ts';

/** Whether a URL answers with success. */
export const healthy = async (url: string): Promise<boolean> => (await fetch(url)).ok;

/** DaemonSets, Deployments, service accounts, garbage collection, taints of nodes that are gone. */
export function startControllerManager(plane: ControlPlane): Promise<Running> {
  return startKubernetes(plane, 'kube-controller-manager', [
    `--service-account-private-key-file=${join(plane.data, 'sa.key')}`,
    `--root-ca-file=${join(plane.data, 'certificates', 'apiserver.crt')}`,
    // A node counts as dead after so long without a heartbeat, as short as kwok's heartbeats allow.
    '--node-monitor-grace-period=20s',
    '--node-monitor-period=1s',
  ]);
}

export const startScheduler = (plane: ControlPlane): Promise<Running> =>
  startKubernetes(plane, 'kube-scheduler', []);

async function startKubernetes(
  plane: ControlPlane,
  program: 'kube-controller-manager' | 'kube-scheduler',
  args: readonly string[],
): Promise<Running> {
  const { process } = await startOnFreePorts(
    1,
    ([port]) =>
      start({
        folder: plane.folder,
        name: `${plane.name}-${program}`,
        program,
        args: [
          `--kubeconfig=${plane.kubeconfig}`,
          `--authentication-kubeconfig=${plane.kubeconfig}`,
          `--authorization-kubeconfig=${plane.kubeconfig}`,
          '--leader-elect=false',
          '--bind-address=127.0.0.1',
          `--secure-port=${port}`,
          `--cert-dir=${join(plane.data, program)}`,
          ...args,
        ],
      }),
    // Its certificate is its own, and nothing but its health is asked for: a connection is proof enough.
    ([port]) =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port!, '127.0.0.1', () => resolve(true));
        socket.once('error', () => resolve(false));
        socket.once('connect', () => socket.destroy());
      }),
  );
  return process;
}

/**
 * Flux's kustomize-controller.
 * @param gates feature gates, such as `CancelHealthCheckOnNewRevision=true`
 */
export async function startKustomizeController(
  plane: ControlPlane,
  gates: readonly string[] = [],
): Promise<Running> {
  const { process } = await startOnFreePorts(
    2,
    ([health, metrics]) =>
      start({
        folder: plane.folder,
        name: `${plane.name}-kustomize-controller`,
        program: 'kustomize-controller',
        args: [
          `--health-addr=127.0.0.1:${health}`,
          `--metrics-addr=127.0.0.1:${metrics}`,
          '--requeue-dependency=2s',
          // Health checks hold a worker each, and every fleet of a test has two.
          '--concurrent=30',
          '--no-remote-bases',
          ...(gates.length === 0 ? [] : [`--feature-gates=${gates.join(',')}`]),
        ],
        env: { RUNTIME_NAMESPACE: 'flux-system', KUBECONFIG: plane.kubeconfig },
      }),
    ([health]) => healthy(`http://127.0.0.1:${health}/readyz`),
  );
  return process;
}

/** Argo Rollouts. */
export async function startArgoRollouts(plane: ControlPlane): Promise<Running> {
  const { process } = await startOnFreePorts(
    2,
    ([metrics, health]) =>
      start({
        folder: plane.folder,
        name: `${plane.name}-rollouts-controller`,
        program: 'rollouts-controller',
        args: [
          `--kubeconfig=${plane.kubeconfig}`,
          '--leader-elect=false',
          '--metricsport',
          String(metrics),
          '--healthzPort',
          String(health),
        ],
      }),
    ([, health]) => healthy(`http://127.0.0.1:${health}/healthz`),
  );
  return process;
}

/**
 * Flagger, which looks every second whether an interval has changed.
 * @param metrics URL of a Prometheus that answers `vector(1)`, of which it asks whether it is there
 */
export async function startFlagger(plane: ControlPlane, metrics: string): Promise<Running> {
  const { process } = await startOnFreePorts(
    1,
    ([port]) =>
      start({
        folder: plane.folder,
        name: `${plane.name}-flagger`,
        program: 'flagger',
        args: [
          `--kubeconfig=${plane.kubeconfig}`,
          '--mesh-provider=kubernetes',
          `--metrics-server=${metrics}`,
          '--control-loop-interval=1s',
          '--log-level=info',
          `--port=${port}`,
        ],
      }),
    ([port]) => healthy(`http://127.0.0.1:${port}/healthz`),
  );
  return process;
}
