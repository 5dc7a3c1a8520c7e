import type { FleetSpec } from './spec.ts';
import type { ImageLock } from './image-lock.ts';
import type { LockedModel } from './model-lock.ts';

/** A definition that was read and found to match the schema. */
export interface LoadedFleet {
  /** With what was built in the place of models that are built. */
  readonly spec: FleetSpec;
  /** The models that are built, as they were defined. */
  readonly built: readonly LockedModel[];
  /** Path of the definition from the working folder, with `/`. */
  readonly file: string;
  /** Absolute folder of the definition: inventory and lock files stand there. */
  readonly folder: string;
  readonly images: ImageLock | undefined;
}

/** One line of a CSV inventory. */
export interface ClusterRow {
  readonly cluster: string;
  readonly class: string;
  readonly region: string;
  readonly devices: number;
  /** The slice that the cluster is pinned to. */
  readonly slice?: string;
  /** From 1, the header included. */
  readonly line: number;
}
