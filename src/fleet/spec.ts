// The one description of a fleet. `npm run generate` turns it, comments included, into
// schemas/fleet.schema.json, which ajv enforces.

import type { ClassSpec, Inventory } from './class-spec.ts';
import type { Delivery } from './delivery-spec.ts';
import type { ModelSpec } from './model-spec.ts';
import type { RolloutSpec } from './rollout-spec.ts';
import type { Suppression } from './suppression.ts';
import type { Label, ObjectName } from './units.ts';
import type { ConstructWorkload, Workload } from './workload-spec.ts';

export type * from './class-spec.ts';
export type * from './delivery-spec.ts';
export type * from './in-cluster-spec.ts';
export type * from './model-spec.ts';
export type * from './rollout-spec.ts';
export type * from './suppression.ts';
export type * from './workload-spec.ts';

/** What an engineer writes in `fleets/`. C: names of classes; M: names of models; W: how plain cdk8s workloads are written; D: how models are. */
export interface FleetSpec<
  C extends string = string,
  M extends string = string,
  W = ConstructWorkload,
  D = ModelSpec,
> {
  /**
   * Names the namespace, the Kustomizations and the folder under `generated/`. May not end in `-release`:
   * that is the name of another fleet's child Kustomization.
   */
  readonly name: Label;
  /** The kinds of device. A cluster's devices are all of one class. */
  readonly classes: Readonly<Record<C, ClassSpec>>;
  /** Which clusters exist: counts per class and region, or a CSV file of clusters. */
  readonly inventory: Inventory<NoInfer<C>>;
  /** The models that workloads serve, by name. */
  readonly models?: Readonly<Record<M, D>>;
  /** What runs on every device, by name. */
  readonly workloads: Readonly<Record<string, Workload<NoInfer<C>, NoInfer<M>, W>>>;
  /** Objects that others make in the fleet's namespace: referred to, never generated. */
  readonly external?: ExternalObjects;
  readonly rollout: RolloutSpec;
  readonly delivery: Delivery;
  /** Findings accepted with a reason. */
  readonly ignore?: readonly Suppression[];
}

export interface ExternalObjects {
  readonly secrets?: readonly ObjectName[];
  readonly configMaps?: readonly ObjectName[];
  readonly serviceAccounts?: readonly ObjectName[];
  readonly priorityClasses?: readonly ObjectName[];
  /** Secrets that every generated pod pulls its images with. */
  readonly imagePullSecrets?: readonly ObjectName[];
}
