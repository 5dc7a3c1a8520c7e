// How a release reaches the fleet.

import type { Duration, FreezeTime, Label, Percent, Ratio } from './units.ts';

export interface RolloutSpec {
  /**
   * Decides every cluster's slice. Fixed for the fleet's life: another salt moves every cluster.
   * @minLength 1
   */
  readonly salt: string;
  /**
   * In order. The last ends at 100 %.
   * @minItems 1
   */
  readonly waves: readonly WaveSpec[];
  readonly gate: GateSpec;
  readonly budget?: BudgetSpec;
  /** When nothing is promoted. `rollback` never asks. */
  readonly freeze?: readonly FreezeSpec[];
}

/** A stretch of time without promotions: once, or every week. In UTC. */
export interface FreezeSpec {
  readonly from: FreezeTime;
  /** The first minute in which promotions are possible again. */
  readonly until: FreezeTime;
  /**
   * Told to those who are held up.
   * @minLength 1
   */
  readonly reason: string;
}

export interface WaveSpec {
  readonly name: Label;
  /** Share of the clusters that run the new release once this wave is done; one of the cuts between slices. */
  readonly percent: Percent;
  /** How long the wave must be watched before the next may take over its release. */
  readonly soak?: Duration;
  /**
   * How long between two parts of the wave, where the budget cuts it into parts.
   * @default "1h"
   */
  readonly pause?: Duration;
}

/** How a wave is watched, whoever decides. */
export interface WatchSpec {
  /** Look-back over which requests are counted. */
  readonly window: Duration;
  /** Silence after which a device counts as overdue. */
  readonly overdueAfter?: Duration;
  readonly offline?: { readonly treatAs: 'overdue' | 'exclude' };
  /** Time within which faults show that do not show at once, such as a leak. Every wave must be watched for as long. */
  readonly latentAfter?: Duration;
}

/** What turns evidence into PASS, FAIL or INSUFFICIENT. */
export interface StatisticalGate extends WatchSpec {
  readonly by?: 'evidence';
  /** Share of requests that fail when all is well. */
  readonly baseline: Ratio;
  /** Rise of that share that the gate must see. */
  readonly detect: Ratio;
  /** Probability of a rollback without cause. */
  readonly alpha: Ratio;
  /** Probability of missing a rise of `detect`. */
  readonly beta: Ratio;
  /** Share of failed requests above which to roll back whatever the baseline. */
  readonly ceiling?: Ratio;
  /** How alike evidence is that comes from one device or one cluster. */
  readonly correlation?: CorrelationSpec;
}

/** People look at each wave and decide: for fleets that are too small for statistics. Every plan says so. */
export interface HumanGate extends WatchSpec {
  readonly by: 'human';
}

/** Who decides whether the next wave may take a release over. */
export type GateSpec = StatisticalGate | HumanGate;

/** Intraclass correlations: 0 is independent, 1 a copy. The more alike evidence is, the more of it a gate asks for. */
export interface CorrelationSpec {
  /**
   * Of two requests to one device. At 1 a device counts once, however many requests it answers.
   * @default 1
   */
  readonly device?: Ratio;
  /**
   * Of two devices of one cluster.
   * @default 0.1
   */
  readonly cluster?: Ratio;
}

export interface BudgetSpec {
  /**
   * Most devices that a bad release may harm before it is rolled back.
   * @minimum 1
   * @asType integer
   */
  readonly maxHarmedDevices?: number;
  /**
   * Most devices that one promotion may move.
   * @minimum 1
   * @asType integer
   */
  readonly maxDevicesPerPromotion?: number;
}
