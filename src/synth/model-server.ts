import type { Construct as AnyConstruct } from 'constructs';
import { UserError } from '../errors.ts';
import type { FleetSpec, ModelServerSpec, WorkloadContext } from '../fleet/spec.ts';
import { parseDuration } from '../fleet/units.ts';
import { maxUnavailableOf } from '../plan/availability.ts';
import { ApiObject, Construct, ServiceAccount } from './cdk8s.ts';
import { rollout } from './in-cluster/argo-rollouts.ts';
import { canary } from './in-cluster/flagger.ts';
import { deployment, judgingOf, type Replicated } from './in-cluster/replicas.ts';
import { replicaLabels, workloadLabels } from './labels.ts';
import type { KubeObject } from './manifests.ts';
import { deliverModel } from './model-volume.ts';
import { exposeServer } from './network.ts';
import { forClass } from './per-class.ts';
import { type PodSpec, RESTRICTED_POD } from './pod.ts';
import { planServer } from './server-container.ts';
import { serverContainer } from './server-resources.ts';
import { telemetryAgent } from './telemetry-agent.ts';

export interface ModelServerProps {
  readonly workload: ModelServerSpec;
  readonly context: WorkloadContext;
  readonly fleet: FleetSpec;
}

const priorityClassName = (fleet: string): string => `${fleet}-inference`;

/**
 * Ranks inference above what else runs on a device: when memory or space is short, the others go first.
 *
 * Above the default of 0 and far below the system's own classes, which begin at 2,000,000,000.
 */
export const priorityClass = (fleet: string): KubeObject => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name: priorityClassName(fleet), labels: { 'app.kubernetes.io/part-of': fleet } },
  value: 1_000_000,
  globalDefault: false,
  description: `Inference of the fleet ${fleet}`,
});

/** How a DNS label of RFC 1035 begins, which the name of a Service has to be. */
const SERVICE_NAME = /^[a-z]/;

/**
 * Seconds from SIGTERM to SIGKILL. Inference takes milliseconds, and TensorFlow Serving's entry point is a shell that
 * passes no signal on, so all of this time a device waits for its next server.
 */
const GRACE_SECONDS = 10;

/**
 * One model on every device of a class, a DaemonSet, or on replicas that share the requests of a cluster; with its
 * account, Service and NetworkPolicy.
 *
 * Names and selectors follow from the fleet and the workload alone, never from construct paths. Tolerates nothing of
 * its own accord: what a DaemonSet tolerates by default (memory, disk and process pressure, cordoned nodes, the taints
 * that evict) keeps inference on a device in trouble, and a device that is off leaves the count of those that should
 * run it, which an own toleration of `unreachable:NoSchedule` would undo.
 */
export class ModelServer extends Construct {
  constructor(scope: AnyConstruct, id: string, { workload, context, fleet }: ModelServerProps) {
    super(scope, id);
    const name = context.workload;
    if (!SERVICE_NAME.test(name)) {
      throw new UserError(
        'FLEET_SYNTH',
        `workload "${name}" names a Service, which may not begin with a digit`,
        'begin it with a letter',
      );
    }
    const labels = workloadLabels(context.fleet, name);
    const model = fleet.models?.[workload.model];
    if (model === undefined) {
      throw new UserError(
        'FLEET_SYNTH',
        `workload "${name}" serves model "${workload.model}", which fleet "${fleet.name}" does not declare`,
        'declare it under models',
      );
    }
    const server = planServer(forClass(workload.server, context.class), model.name);
    const copier = workload.copier === undefined ? undefined : forClass(workload.copier, context.class);
    const delivery = deliverModel(model, context.device.k3s, copier, `class "${context.class}"`);
    const { container, volumes } = serverContainer(workload, server, delivery, context);
    const agent =
      workload.telemetry &&
      telemetryAgent(
        workload.telemetry,
        { workload: name, port: server.http, path: server.metrics },
        [server.http, server.grpc],
        context,
      );
    // The copier first: a sidecar that starts before it would add its own request to the copier's.
    const initContainers = [delivery.copier, agent?.sidecar].filter((part) => part !== undefined);

    new ServiceAccount(this, 'account', { metadata: { name, labels }, automountToken: false });
    exposeServer(this, {
      name,
      labels,
      selector: workload.spread ? replicaLabels(context.fleet, name) : labels,
      server,
      telemetry: workload.telemetry,
      // Flagger makes its own, and gives each to the pods whose turn it is.
      service: workload.inCluster?.kind === 'flagger' ? 'none' : workload.spread ? 'cluster' : 'device',
    });
    const pod: PodSpec = {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      // Without it every pod's environment lists every Service of the namespace.
      enableServiceLinks: false,
      priorityClassName: priorityClassName(context.fleet),
      nodeSelector: { 'kubernetes.io/arch': context.device.arch },
      securityContext: RESTRICTED_POD,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      ...(initContainers.length > 0 ? { initContainers } : {}),
      containers: [container],
      volumes: [...volumes, ...(agent?.volumes ?? [])],
    };
    const made = workload.spread
      ? replicated({ workload, context, fleet }, pod, labels, server.http)
      : [onEveryDevice(context, labels, pod)];
    for (const object of made) new ApiObject(this, `${object.kind}-${object.metadata.name}`, object);
  }
}

/** One server on each device. */
const onEveryDevice = (
  { workload: name, device }: WorkloadContext,
  labels: Readonly<Record<string, string>>,
  pod: PodSpec,
): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, labels },
  spec: {
    revisionHistoryLimit: 2,
    selector: { matchLabels: labels },
    updateStrategy: {
      type: 'RollingUpdate',
      // No surge: a second server beside the first does not fit a board, and would wait forever.
      rollingUpdate: { maxSurge: 0, maxUnavailable: maxUnavailableOf(device) },
    },
    template: { metadata: { labels }, spec: pod },
  },
});

/** Replicas that share a cluster's requests, with what moves them to a new version. */
function replicated(
  { workload, context, fleet }: ModelServerProps,
  pod: PodSpec,
  labels: Readonly<Record<string, string>>,
  port: number,
): readonly KubeObject[] {
  const { inCluster } = workload;
  const loadTime = workload.loadTime === undefined ? '60s' : forClass(workload.loadTime, context.class);
  const of: Replicated = {
    name: context.workload,
    labels,
    selector: labels,
    group: replicaLabels(context.fleet, context.workload),
    pod,
    replicas: workload.spread!.replicas,
    loadSeconds: Math.ceil(parseDuration(loadTime) / 1000),
  };
  if (inCluster === undefined) return [deployment(of, of.replicas)];
  const judging = judgingOf(inCluster, workload, fleet);
  return inCluster.kind === 'flagger'
    ? canary(of, inCluster, judging, port)
    : rollout(of, inCluster, judging);
}
