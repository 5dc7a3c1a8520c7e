// Functions that return their argument so that editors complete and check it. Light: fleets import nothing else of ours.

import type {
  BreakwaterServerSpec,
  ArgoCdDelivery,
  ArgoRolloutsSpec,
  BuiltModelSpec,
  ByClass,
  ConstructWorkload,
  ContainerServerSpec,
  CsvInventory,
  FlaggerSpec,
  FleetSpec,
  FluxDelivery,
  GitSource,
  ModelServerSpec,
  ModelSpec,
  OciSource,
  TelemetrySpec,
  TensorflowServingSpec,
} from './spec.ts';

/**
 * Declare a fleet. Infers the names of its classes and models, so that a misspelt one does not compile.
 *
 * @example
 * export default defineFleet({ name: 'store-cameras', classes: { … }, … });
 */
export const defineFleet = <const C extends string, const M extends string = never>(
  spec: FleetSpec<C, M, ConstructWorkload, ModelSpec | BuiltModelSpec>,
): FleetSpec<C, M, ConstructWorkload, ModelSpec | BuiltModelSpec> => spec;

/** Declare a model: one that is built elsewhere and named by its image, or one that `breakwater build` makes. */
export const defineModel = <const S extends ModelSpec | BuiltModelSpec>(spec: S): S => spec;

/** A model server, with its telemetry agent, on every device of every class. */
export const modelServer = <const C extends string, const M extends string>(
  spec: Omit<ModelServerSpec<C, M>, 'kind'>,
): ModelServerSpec<C, M> => ({ kind: 'model-server', ...spec });

/** Serve with TensorFlow Serving. */
export const tensorflowServing = (spec: Omit<TensorflowServingSpec, 'kind'>): TensorflowServingSpec => ({
  kind: 'tensorflow-serving',
  ...spec,
});

/** Serve with Breakwater's own server, which runs on every architecture. */
export const breakwaterServer = (spec: Omit<BreakwaterServerSpec, 'kind'>): BreakwaterServerSpec => ({
  kind: 'breakwater',
  ...spec,
});

/** Serve with any server that has an HTTP port and says when it is ready. */
export const containerServer = (spec: Omit<ContainerServerSpec, 'kind'>): ContainerServerSpec => ({
  kind: 'container',
  ...spec,
});

/** Prometheus 3 in agent mode beside the server. */
export const telemetryAgent = (spec: TelemetrySpec): TelemetrySpec => spec;

/** Try a new version on some replicas of a cluster by Argo Rollouts. */
export const argoRollouts = (spec: Omit<ArgoRolloutsSpec, 'kind'>): ArgoRolloutsSpec => ({
  kind: 'argo-rollouts',
  ...spec,
});

/** Try a new version beside the old one in a cluster by Flagger. */
export const flagger = (spec: Omit<FlaggerSpec, 'kind'>): FlaggerSpec => ({ kind: 'flagger', ...spec });

/** A value for each class. */
export const byClass = <const C extends string, T>(values: Readonly<Record<C, T>>): ByClass<C, T> => ({
  byClass: values,
});

/** Clusters in a CSV file, its path taken from the folder of the definition. */
export const csv = (path: string): CsvInventory => ({ kind: 'csv', path });

/** Deliver by Flux. */
export const flux = (spec: Omit<FluxDelivery, 'kind'>): FluxDelivery => ({ kind: 'flux', ...spec });

/** Deliver by Argo CD. */
export const argocd = (spec: Omit<ArgoCdDelivery, 'kind'>): ArgoCdDelivery => ({ kind: 'argocd', ...spec });

/** Clusters pull from a Git repository. */
export const git = (spec: Omit<GitSource, 'kind'>): GitSource => ({ kind: 'git', ...spec });

/** Clusters pull an OCI artifact. */
export const oci = (spec: Omit<OciSource, 'kind'>): OciSource => ({ kind: 'oci', ...spec });
