import type { FleetSpec } from '../../fleet/spec.ts';
import type { Capabilities } from '../../plan/capabilities.ts';
import type { KubeObject } from '../manifests.ts';

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
