import type { FleetSpec, FluxDelivery } from '../../fleet/spec.ts';
import type { KubeObject } from '../manifests.ts';

/** What a target can do by itself. What it cannot, people or Breakwater's verbs do. */
export interface Capabilities {
  /** Watch a wave for its soak before the next. */
  readonly soak: boolean;
  /** Stop a wave by a metric. */
  readonly gateOnMetric: boolean;
  /** Go back to the release before by itself. */
  readonly revert: boolean;
  /** Pin what a cluster runs by digest. */
  readonly pinDigest: boolean;
  /** Split one cluster's devices by percent. */
  readonly percentWaves: boolean;
}

/** A cluster as it is told who it is. */
export interface ClusterIdentity {
  readonly cluster: string;
  readonly class: string;
  readonly region: string;
  readonly slice: string;
}

/** What brings releases to clusters. */
export interface Target {
  readonly capabilities: Capabilities;
  /** The objects of a release's `frame/`, by file name. */
  readonly frame: (spec: FleetSpec, className: string) => Readonly<Record<string, KubeObject>>;
  /** What is applied to a cluster once. */
  readonly bootstrap: (spec: FleetSpec, identity: ClusterIdentity) => readonly KubeObject[];
}

/** How a fleet may be delivered. */
export type Delivery = FluxDelivery;
