import type { Delivery, FleetSpec } from '../../fleet/spec.ts';
import type { Capabilities } from '../../plan/capabilities.ts';
import type { Plan } from '../../plan/plan.ts';
import type { KubeObject } from '../manifests.ts';

/** A cluster as it is told who it is. */
export interface ClusterIdentity {
  readonly cluster: string;
  readonly class: string;
  readonly region: string;
  readonly slice: string;
}

/** A fleet with one kind of delivery. */
export type Delivered<D extends Delivery> = FleetSpec & { readonly delivery: D };

/** What brings releases to clusters. */
export interface Target<D extends Delivery = Delivery> {
  readonly capabilities: Capabilities;
  /** The objects of a release's `frame/`, by file name. */
  readonly frame: (spec: Delivered<D>, className: string) => Readonly<Record<string, KubeObject>>;
  /** What is applied once, to the cluster or to the hub that reaches it. */
  readonly bootstrap: (spec: Delivered<D>, identity: ClusterIdentity) => readonly KubeObject[];
  /** What has to be there, and what else is to be done once: a line each. */
  readonly advice: (spec: Delivered<D>, identity: ClusterIdentity) => readonly string[];
  /** What stands beside the releases, in a folder named by the target: file name → object. Follows from the plan alone. */
  readonly hub?: (plan: Plan & { readonly delivery: D }) => Readonly<Record<string, KubeObject>>;
}
