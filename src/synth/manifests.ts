// What synthesis yields, in memory: the wanted release of each class.

import type { ReleaseId, Version } from '../plan/plan.ts';

/** A Kubernetes object as it will be applied. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** An object and where it stands. */
export interface PlacedObject {
  readonly object: KubeObject;
  /** Path of its file: from the release's folder for what is generated, from the working folder for a file that was given. */
  readonly file: string;
  /** Which document of the file, from 0. */
  readonly document: number;
  /** The workload that made it; absent for the frame and for files that were given. */
  readonly workload?: string;
}

/** The immutable manifests of one class of one fleet. */
export interface Release {
  readonly class: string;
  readonly id: ReleaseId;
  /** By workload. */
  readonly versions: Readonly<Record<string, Version>>;
  /** Path from the release's folder → text, in byte order of paths. What the id is the digest of. */
  readonly files: ReadonlyMap<string, string>;
  /** Names of the folders in `config/`: one for each workload that has config, with its digest. */
  readonly configs: readonly string[];
  /** The objects behind `files`, the frame's included. */
  readonly objects: readonly PlacedObject[];
}

/** By class. */
export type Releases = Readonly<Record<string, Release>>;
