// What was observed while a wave was watched. Source of schemas/evidence.schema.json.

import type { SliceName, Version } from '../plan/plan.ts';

/** Counts of one observation of a fleet, for a gate to judge. */
export interface Evidence {
  readonly schemaVersion: 1;
  readonly fleet: string;
  /** One for each class, slice, workload and version that was seen. */
  readonly rows: readonly EvidenceRow[];
}

/** What one slice of a class showed of one version of a workload, from one time to another. */
export interface EvidenceRow {
  readonly class: string;
  readonly slice: SliceName;
  readonly workload: string;
  /** The version that devices reported, or, where they are overdue, reported last. */
  readonly version: Version;
  readonly from: Timestamp;
  readonly to: Timestamp;
  /** Devices that the inventory puts into the slice, whatever they run: the same in each of the slice's rows. */
  readonly assigned: Devices;
  /** Devices that answered with this version. */
  readonly reported: Devices;
  /** Devices that have been silent for longer than the gate's `overdueAfter`. */
  readonly overdue: Devices;
  /** Requests that were answered. */
  readonly ok: Requests;
  /** Requests that failed. */
  readonly bad: Requests;
  /** Devices of those that answered on which something else went wrong. */
  readonly trouble?: Trouble;
}

/** Devices on which something went wrong that is no failed request. What is left out was not observed. */
export interface Trouble {
  /** The working set came near the memory limit. */
  readonly nearMemoryLimit?: Devices;
  /** A container was killed for memory. */
  readonly outOfMemory?: Devices;
  /** A container restarted. */
  readonly restarted?: Devices;
  /** The 95th percentile of latency was above what the fleet's owner allows. */
  readonly slow?: Devices;
}

/**
 * A time in UTC, such as `2026-01-31T12:00:00Z`.
 * @pattern ^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$
 */
export type Timestamp = string;

/**
 * A number of devices.
 * @minimum 0
 * @asType integer
 */
export type Devices = number;

/**
 * A number of requests; not whole where a monitoring system extrapolates.
 * @minimum 0
 */
export type Requests = number;
