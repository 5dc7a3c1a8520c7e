import { betaBinomialAtLeast } from './beta-binomial-tail.ts';
import { binomialAtLeast } from './binomial-tail.ts';
import { normalQuantile } from './normal-quantile.ts';
import type { Errors, Shares } from './sprt.ts';

/**
 * How many devices tell a faulty share from a healthy one in a single look, by the normal approximation:
 * n = ((z_{1−α}√(p₀q₀) + z_{1−β}√(p₁q₁)) / (p₁ − p₀))².
 *
 * @returns devices, rounded up: 1,997 for 0.5 % and 1.5 % with errors of 1 %
 * @see https://online.stat.psu.edu/stat415/lesson/25/25.3
 */
export function samplesToTell({ healthy, faulty }: Shares, { alpha, beta }: Errors): number {
  const root =
    (normalQuantile(1 - alpha) * spread(healthy) + normalQuantile(1 - beta) * spread(faulty)) /
    (faulty - healthy);
  return Math.ceil(Number((root * root).toPrecision(12)));
}

/** Standard deviation of one device. */
const spread = (share: number): number => Math.sqrt(share * (1 - share));

/**
 * The chance that one look at n devices shows a faulty share, exactly: P(X ≥ k | p₁), where k is the smallest count
 * with P(X ≥ k | p₀) ≤ α.
 *
 * @param n devices, whole
 * @returns a probability
 * @see https://en.wikipedia.org/wiki/Binomial_test
 */
export function power(n: number, { healthy, faulty }: Shares, alpha: number): number {
  let low = 0;
  let high = n + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (binomialAtLeast(middle, n, healthy) <= alpha) high = middle;
    else low = middle + 1;
  }
  return binomialAtLeast(low, n, faulty);
}

/** An absolute threshold that is looked at again and again, as Argo Rollouts and Flagger do. */
export interface ThresholdLooks {
  /** Devices, or requests, that each look counts; whole. */
  readonly samples: number;
  /** Share that fails, a ratio. */
  readonly share: number;
  /** Share above which a look is bad, a ratio. */
  readonly threshold: number;
  /** Looks that share no sample: the window is no longer than the interval. */
  readonly looks: number;
  /** Bad looks that are forgiven. */
  readonly allowed: number;
  /** Of two samples of a look, 0 to below 1; default 0. */
  readonly correlation?: number;
}

/** The chance that one look is bad: P(X > ⌊θn⌋), X beta-binomial; a probability. */
export const badLook = ({
  samples,
  share,
  threshold,
  correlation = 0,
}: Omit<ThresholdLooks, 'looks' | 'allowed'>): number =>
  // Twelve digits: 0.07 * 100 is 7.000000000000001.
  betaBinomialAtLeast(
    Math.floor(Number((threshold * samples).toPrecision(12))) + 1,
    samples,
    share,
    correlation,
  );

/**
 * The chance of a rollback over all looks: P(Bin(K, q) > L). With a healthy share that is the probability of a
 * false rollback; with a faulty one, 1 less the probability of a miss.
 *
 * @returns a probability: 0.914 for 60 looks at 200 requests of which 3 % fail, threshold 5 %, none forgiven
 * @see https://argo-rollouts.readthedocs.io/en/stable/features/analysis/#failure-conditions-and-failure-limit
 */
export const rollbackProbability = (looks: ThresholdLooks): number =>
  binomialAtLeast(looks.allowed + 1, looks.looks, badLook(looks));

/**
 * The most that several tests together give a false rollback with, whatever they have to do with each other: Σ pᵢ, at
 * most 1 (Bonferroni).
 * @returns a probability
 * @see https://en.wikipedia.org/wiki/Boole%27s_inequality
 */
export const falseRollbackOfAll = (probabilities: readonly number[]): number =>
  Math.min(
    1,
    probabilities.reduce((sum, probability) => sum + probability, 0),
  );
