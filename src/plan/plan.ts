// What definition and inventory decide; never where a rollout stands. Source of schemas/plan.schema.json.

import type { BudgetSpec, Delivery, FreezeSpec, GateSpec } from '../fleet/spec.ts';
import type { Duration, Label } from '../fleet/units.ts';

/** Name of a slice: its upper bound in percent, `p000.01` to `p100.00`. */
export type SliceName = string;

/**
 * Digest of a release's content.
 * @pattern ^r[0-9a-f]{12}$
 */
export type ReleaseId = string;

/**
 * Digest of one workload's pod template and the config it mounts.
 * @pattern ^v[0-9a-f]{12}$
 */
export type Version = string;

/** How many clusters and devices. */
export interface Count {
  readonly clusters: number;
  readonly devices: number;
  /** Where only counts are known: the middle 95 % of what hashing may give. Absent where clusters are known by name. */
  readonly spread?: {
    readonly clusters: readonly [low: number, high: number];
    readonly devices: readonly [low: number, high: number];
  };
}

export interface Plan {
  readonly fleet: Label;
  readonly salt: string;
  /** Whether counts are of named clusters (`exact`) or expectations (`expected`). */
  readonly inventory: 'exact' | 'expected';
  readonly total: Count;
  /** By name. */
  readonly classes: Readonly<Record<string, PlannedClass>>;
  /** In order. */
  readonly waves: readonly PlannedWave[];
  /** In order. */
  readonly slices: readonly PlannedSlice[];
  readonly gate: GateSpec;
  readonly budget: BudgetSpec;
  /** When nothing is promoted; absent where the definition names no such time. */
  readonly freeze?: readonly FreezeSpec[];
  readonly delivery: Delivery;
  /** Which series count a workload's requests, by workload: of those that send telemetry. Absent where none does. */
  readonly metrics?: Readonly<Record<string, PlannedMetrics>>;
}

/** Series selectors. */
export interface PlannedMetrics {
  /** Counter of failed requests. */
  readonly errors: string;
  /** Counter of all requests. */
  readonly requests: string;
  /** What else a gate watches on each device, by kind; absent where nothing is named. */
  readonly trouble?: Readonly<Partial<Record<TroubleKind, PlannedTrouble>>>;
}

/** What may be wrong on a device that is no failed request. */
export type TroubleKind = 'nearMemoryLimit' | 'outOfMemory' | 'restarted' | 'slow';

/** Where a kind of trouble shows. */
export interface PlannedTrouble {
  /** Series selector: of a histogram its buckets. */
  readonly series: string;
  /** By class: what is above it is trouble. Absent where there is nothing to compare. */
  readonly above?: Readonly<Record<string, number>>;
}

export interface PlannedClass extends Count {
  readonly arch: string;
  readonly k3s: string;
  readonly offline: number;
  /** Devices of one cluster that may be without inference during an update: ceil(offline × maxDevicesPerCluster) + 1. */
  readonly maxUnavailable: number;
  /** Clusters with so few devices that `maxUnavailable` lets all of them update at once. */
  readonly clustersAllAtOnce: number;
  readonly regions: Readonly<Record<string, Count>>;
  readonly renamedFrom?: string;
}

export interface PlannedWave {
  readonly name: Label;
  readonly percent: number;
  readonly soak: Duration;
  readonly pause: Duration;
  readonly slices: readonly SliceName[];
  /** What this wave adds. */
  readonly total: Count;
  /** What this wave adds, by class; every class is named. */
  readonly classes: Readonly<Record<string, Count>>;
}

export interface PlannedSlice {
  readonly name: SliceName;
  readonly wave: Label;
  /** By class; every class is named. */
  readonly classes: Readonly<Record<string, Count>>;
}

/** The content of `generated/<fleet>/plan.json`. */
export interface PlanFile extends Plan {
  readonly schemaVersion: 1;
  /** By class: the release that the definition makes. */
  readonly wanted: Readonly<Record<string, WantedRelease>>;
}

export interface WantedRelease {
  readonly release: ReleaseId;
  /** By workload. */
  readonly versions: Readonly<Record<string, Version>>;
}
