import type { FleetDiff } from '../../output/fleet-diff.ts';
import type { Exposure, Reach } from '../../plan/exposure.ts';
import type { ParityRow } from '../../plan/parity.ts';
import type { Plan } from '../../plan/plan.ts';
import type { WaveSchedule } from '../../plan/schedule.ts';
import type { DevicePull, Transfer } from '../../plan/transfer.ts';

/** A fleet's plan with what follows from it: times, bytes, requests, devices exposed. */
export interface PlanReport {
  /** Path of the definition. */
  readonly file: string;
  readonly plan: Plan;
  /** In order, as `plan.waves`. */
  readonly schedule: readonly WaveSchedule[];
  /** In order, as `plan.waves`. */
  readonly exposure: readonly Exposure[];
  /** By class: what one device pulls for the wanted release. */
  readonly pulls: Readonly<Record<string, DevicePull>>;
  /** In order, as `plan.waves`: by class, what the uplinks carry. */
  readonly transfers: readonly Readonly<Record<string, Transfer>>[];
  /** How long a moved pointer takes until the last online cluster applies it. */
  readonly reach: Reach;
  readonly source: SourceLoad;
  /** What the fleet asks of its delivery, and who does it. */
  readonly parity: readonly ParityRow[];
  /** What `synth` would change, now and by promotions. */
  readonly pending: FleetDiff;
}

/** What the clusters ask of the source together. */
export interface SourceLoad {
  readonly kind: 'git' | 'oci';
  readonly url: string;
  readonly requestsPerSecond: number;
  /** What its host answers, where the definition says so. */
  readonly limit?: number;
  /** Compressed bytes of this fleet's releases: what one cluster fetches after a commit is at least that. */
  readonly bytesPerCluster: number;
}
