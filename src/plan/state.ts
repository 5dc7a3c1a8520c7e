// Where a rollout stands: the content of fleets/<name>.rollout.json.

import type { ReleaseId, SliceName, Version } from './plan.ts';

export interface RolloutState {
  readonly fleet: string;
  /** By class. */
  readonly classes: Readonly<Record<string, ClassState>>;
  /** Promotions made before their soak was over, with their reasons; kept as long as their release is named. */
  readonly early: readonly EarlyPromotion[];
  /** Promotions made although something spoke against them; absent where there are none. Kept as long as those. */
  readonly overrides?: readonly Override[];
}

export interface ClassState {
  /** The release to go back to; `null` until a second release has been placed. */
  readonly settled: ReleaseId | null;
  readonly rejected: readonly Rejection[];
  /** By slice: every slice has a pointer. */
  readonly pointers: Readonly<Record<SliceName, Pointer>>;
}

export interface Pointer {
  readonly runs: ReleaseId;
  /** What the slice ran before, whose config pods that are not replaced yet still need; `null` at first. */
  readonly before: ReleaseId | null;
}

/** A release that was rolled back. */
export interface Rejection {
  readonly release: ReleaseId;
  readonly reason: string;
  /** By workload: the versions by which it differed from the settled release. */
  readonly versions: Readonly<Record<string, Version>>;
  /** Version of Breakwater that rolled it back. */
  readonly breakwater: string;
  /**
   * Whether nothing else has been placed since. Until then only the version of Breakwater that rolled back
   * can tell whether what is wanted is the same content again.
   */
  readonly open: boolean;
}

export interface EarlyPromotion {
  readonly class: string;
  readonly wave: string;
  readonly release: ReleaseId;
  readonly reason: string;
}

/** What may speak against a promotion: no recorded PASS, a freeze, `maxHarmedDevices`. */
export type Objection = 'gate' | 'freeze' | 'harm';

/** A promotion that somebody answers for. */
export interface Override extends EarlyPromotion {
  readonly against: Objection;
}
