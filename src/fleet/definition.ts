import type { BuiltModelSpec, ConstructMarker, FleetSpec, ModelSpec } from './spec.ts';

/** A fleet definition as JSON can hold it: plain cdk8s workloads are marked, not held. Source of schemas/fleet.schema.json. */
export interface FleetDefinition extends FleetSpec<
  string,
  string,
  ConstructMarker,
  ModelSpec | BuiltModelSpec
> {
  /** For editors of JSON files. */
  readonly $schema?: string;
}
