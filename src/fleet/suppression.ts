// How a finding is accepted.

import type { DateString } from './units.ts';

/** A finding accepted with a reason. Beside its cause: on the fleet, a class or a workload. */
export interface Suppression {
  /** Id of the rule. */
  readonly rule: string;
  /** JSON Pointer at or below which findings are accepted; default: everywhere below the place of this entry. */
  readonly path?: string;
  /**
   * Why it is right here.
   * @minLength 10
   */
  readonly reason: string;
  /** Last day on which it holds. */
  readonly until?: DateString;
}
