// How a new version goes through the replicas of one cluster.

import type { Duration, Percent, Ratio, UrlString } from './units.ts';

/** Replicas that the scheduler spreads over a cluster's devices. */
export interface SpreadSpec {
  /**
   * @minimum 1
   * @asType integer
   */
  readonly replicas: number;
}

/**
 * Who tries a new version on some replicas of a cluster before the others get it.
 * @discriminator kind
 */
export type InClusterSpec = ArgoRolloutsSpec | FlaggerSpec;

/** What both ask and how they judge the answers. Requests count, not devices: how a cluster's own traffic fares. */
export interface InClusterJudge {
  /** A Prometheus with the series of this cluster and of no other. */
  readonly prometheus: UrlString;
  /** What decides; default: the numbers of the rollout's gate, which one that people decide does not have. */
  readonly thresholds?: InClusterThresholds;
  /**
   * How long the first replicas are watched.
   * @default "10m"
   */
  readonly watch?: Duration;
}

export interface InClusterThresholds {
  /** Share of requests that fail when all is well. */
  readonly baseline: Ratio;
  /** Rise of that share that must be seen. */
  readonly detect: Ratio;
  /** Probability of going back without cause. */
  readonly alpha: Ratio;
  /** Probability of missing a rise of `detect`. */
  readonly beta: Ratio;
  /** Share of failed requests above which to go back whatever the baseline. */
  readonly ceiling?: Ratio;
}

/** A canary by Argo Rollouts 1.8 or later. Made by {@link argoRollouts}. */
export interface ArgoRolloutsSpec extends InClusterJudge {
  readonly kind: 'argo-rollouts';
  /**
   * Percent of the replicas that run the new version, step by step, before all do. Default: one replica.
   * @minItems 1
   */
  readonly weights?: readonly Percent[];
  /**
   * Whether the pods stand in a Deployment that the Rollout refers to (`workloadRef`), so that tools which know
   * Deployments alone see them. It has no replicas of its own.
   * @default false
   */
  readonly workloadRef?: boolean;
}

/** Blue/green by Flagger 1.44 or later with its Kubernetes provider. Made by {@link flagger}. */
export interface FlaggerSpec extends InClusterJudge {
  readonly kind: 'flagger';
  /**
   * Failed checks after which Flagger goes back; they add up. A check without an answer has failed.
   * @minimum 1
   * @asType integer
   * @default 2
   */
  readonly threshold?: number;
}
