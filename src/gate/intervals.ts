import { inverseIncompleteBeta } from './incomplete-beta.ts';
import { normalQuantile } from './normal-quantile.ts';

/** The share that lies behind what was counted, from below and from above: ratios. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Wilson's bounds of a share: (p̂ + z²/2n ± z √(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n). Each holds by itself with the
 * given confidence (one-sided), approximately.
 *
 * @param bad devices
 * @param n devices, above 0
 * @param confidence of each bound, above ½ and below 1
 * @see https://en.wikipedia.org/wiki/Binomial_proportion_confidence_interval#Wilson_score_interval
 */
export function wilson(bad: number, n: number, confidence: number): Bounds {
  const z = normalQuantile(confidence);
  const share = bad / n;
  const middle = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { lower: Math.max(0, (middle - half) / scale), upper: Math.min(1, (middle + half) / scale) };
}

/**
 * Clopper's and Pearson's bounds of a share: the quantiles of Beta(x, n − x + 1) and Beta(x + 1, n − x). Each
 * holds by itself with at least the given confidence, whatever the share.
 *
 * @param bad devices
 * @param n devices, above 0
 * @param confidence of each bound, above ½ and below 1
 * @see https://doi.org/10.1093/biomet/26.4.404
 */
export const clopperPearson = (bad: number, n: number, confidence: number): Bounds => ({
  lower: bad <= 0 ? 0 : inverseIncompleteBeta(1 - confidence, bad, n - bad + 1),
  upper: bad >= n ? 1 : inverseIncompleteBeta(confidence, bad + 1, n - bad),
});
