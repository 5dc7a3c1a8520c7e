// Replicas of a model server in one cluster, and what they have in common whoever updates them.

import type { FleetSpec, InClusterSpec, InClusterThresholds, ModelServerSpec } from '../../fleet/spec.ts';
import { parseDuration } from '../../fleet/units.ts';
import { UserError } from '../../errors.ts';
import type { RequestMetrics } from '../../gate/promql/in-cluster.ts';
import type { KubeObject } from '../manifests.ts';
import type { PodSpec } from '../pod.ts';

/** What any of them is made from. */
export interface Replicated {
  readonly name: string;
  /** Labels of everything. */
  readonly labels: Readonly<Record<string, string>>;
  /** What the pods are selected by, for life. */
  readonly selector: Readonly<Record<string, string>>;
  /** What all pods of the workload have in common, also those of copies that an engine makes. */
  readonly group: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
  readonly replicas: number;
  /** Longest time in seconds until a new pod answers. */
  readonly loadSeconds: number;
}

/** Time in seconds that pulling the images of a new version may take on top of loading the model. */
const PULL_SECONDS = 600;

/** Seconds after which an update that gets no further has failed. */
export const deadlineSeconds = ({ loadSeconds }: Replicated): number => loadSeconds + PULL_SECONDS;

/** One device's replica after the other, never two more than declared: a board has no room for another server. */
export const ONE_BY_ONE = { maxSurge: 0, maxUnavailable: 1 } as const;

export const templateOf = ({ selector, group, pod }: Replicated) => ({
  metadata: { labels: { ...selector, ...group } },
  spec: {
    ...pod,
    // On different devices where there are enough that live.
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: group },
      },
    ],
  },
});

/**
 * @param replicas `undefined`: left to an autoscaler
 */
export const deployment = (of: Replicated, replicas: number | undefined): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: of.name, labels: of.labels },
  spec: {
    ...(replicas === undefined ? {} : { replicas }),
    revisionHistoryLimit: 2,
    progressDeadlineSeconds: deadlineSeconds(of),
    selector: { matchLabels: of.selector },
    strategy: { type: 'RollingUpdate', rollingUpdate: ONE_BY_ONE },
    template: templateOf(of),
  },
});

/** What judges a new version within a cluster. */
export interface Judging {
  readonly metrics: RequestMetrics;
  readonly thresholds: InClusterThresholds;
  readonly prometheus: string;
  readonly watchMs: number;
}

const DEFAULT_WATCH = '10m';

/**
 * What an engine asks and compares.
 * @throws UserError `FLEET_SYNTH` where nothing is counted or nothing says what is too much
 */
export function judgingOf(
  inCluster: InClusterSpec,
  { telemetry }: ModelServerSpec,
  { rollout }: FleetSpec,
): Judging {
  const thresholds = inCluster.thresholds ?? (rollout.gate.by === 'human' ? undefined : rollout.gate);
  if (telemetry === undefined || thresholds === undefined) {
    throw new UserError(
      'FLEET_SYNTH',
      `${inCluster.kind} has ${telemetry === undefined ? 'no telemetry to ask' : 'no thresholds to judge by'}`,
      'give the workload telemetry, and inCluster thresholds where people are the gate',
    );
  }
  return {
    metrics: telemetry.metrics,
    thresholds,
    prometheus: inCluster.prometheus,
    watchMs: parseDuration(inCluster.watch ?? DEFAULT_WATCH),
  };
}
