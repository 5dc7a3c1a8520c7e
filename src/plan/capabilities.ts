import type { Delivery } from '../fleet/spec.ts';

/** What a target can do by itself. What it cannot, people or Breakwater's verbs do. */
export interface Capabilities {
  /** Watch a wave for its soak before the next. */
  readonly soak: boolean;
  /** Stop a wave by a metric. */
  readonly gateOnMetric: boolean;
  /** Go back to the release before by itself. */
  readonly revert: boolean;
  /** Pin by digest what a cluster runs. */
  readonly pinDigest: boolean;
  /** Split one cluster's devices by percent. */
  readonly percentWaves: boolean;
  /** Order the clusters that one commit moves. */
  readonly orderClusters: boolean;
  /** Call a cluster healthy while a declared share of its devices is off. */
  readonly shareHealth: boolean;
}

const NOTHING = {
  soak: false,
  gateOnMetric: false,
  revert: false,
  pinDigest: true,
  percentWaves: false,
} as const;

/** By `delivery.kind`. */
export const CAPABILITIES: Readonly<Record<Delivery['kind'], Capabilities>> = {
  flux: { ...NOTHING, orderClusters: false, shareHealth: true },
  argocd: { ...NOTHING, orderClusters: true, shareHealth: false },
};
