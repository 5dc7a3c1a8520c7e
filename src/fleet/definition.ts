import type { ConstructMarker, FleetSpec } from './spec.ts';

/** A fleet definition as JSON can hold it: plain cdk8s workloads are marked, not held. Source of schemas/fleet.schema.json. */
export interface FleetDefinition extends FleetSpec<string, string, ConstructMarker> {
  /** For editors of JSON files. */
  readonly $schema?: string;
}
