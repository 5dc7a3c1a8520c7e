import { controlLogRatio, type Arm } from './control-test.ts';
import { logRatio, sprtBounds, type Shares, type SprtBounds } from './sprt.ts';
import type { Verdict } from './verdict.ts';

/** What a test of a rise looks for, and what its counts are worth. */
export interface Rise {
  readonly shares: Shares;
  /** Independent observations in one exposed device. */
  readonly weight: number;
  /** Independent observations in the treatment. */
  readonly observations: number;
  /** Of this test alone. */
  readonly alpha: number;
  readonly beta: number;
}

/** What a test of a rise says. */
export interface Judged {
  readonly verdict: Verdict;
  /** Log odds of a bad release, against the control. */
  readonly logOdds: number;
  /** The same by the baseline alone. */
  readonly absolute: number;
  readonly bounds: SprtBounds;
}

/**
 * FAIL where the failures fell on the treatment as a bad release's would. PASS where they fell as a good one's, or
 * where there are so few that the share itself is surely below the faulty one; each may miss half of beta.
 */
export function judgeRise(treatment: Arm, control: Arm, rise: Rise): Judged {
  const { shares, weight, observations, alpha, beta } = rise;
  const bounds = sprtBounds({ alpha, beta: beta / 2 });
  const logOdds = weight * controlLogRatio(treatment, control, shares.faulty / shares.healthy);
  const share = treatment.exposed === 0 ? 0 : treatment.failed / treatment.exposed;
  const absolute = logRatio(observations * share, observations * (1 - share), shares);
  const passes = logOdds <= bounds.pass || (absolute <= bounds.pass && logOdds <= 0);
  const verdict = logOdds >= bounds.fail ? 'FAIL' : passes ? 'PASS' : 'INSUFFICIENT';
  return { verdict, logOdds, absolute, bounds };
}
