/**
 * How many devices must be watched to see at least one failure, where a share of them fails:
 * n = ⌈ln(1 − confidence) / ln(1 − share)⌉, the smallest n with 1 − (1 − share)^n ≥ confidence.
 *
 * Holds for devices that fail independently: with clusters of several devices it is a lower bound. It says
 * nothing about a share that is lower, and nothing about telling a failure from the baseline.
 *
 * @param share of devices that fail, above 0 and below 1
 * @param confidence probability of seeing one, above 0 and below 1
 * @returns devices: 59 for 5 % at 95 %, 29 for 10 %, 14 for 20 %, 5 for 50 %
 * @see https://en.wikipedia.org/wiki/Rule_of_three_(statistics)
 */
export function minimumSamples(share: number, confidence: number): number {
  if (share >= 1) return 1;
  if (share <= 0) return Number.POSITIVE_INFINITY;
  // log1p keeps shares near 0 exact. A quotient that is whole but for rounding is whole: 75 % at a half is 2, not 3.
  return Math.ceil(Number((Math.log1p(-confidence) / Math.log1p(-share)).toPrecision(12)));
}

/**
 * The smallest share of failing devices that so many samples show, with at least one failure:
 * 1 − (1 − confidence)^(1/n). The inverse of {@link minimumSamples}.
 *
 * @param samples devices, 0 or more; fractions are allowed, for expectations
 * @returns a ratio: 0.0495 for 59 devices at 0.95; 1 for none
 */
export const smallestVisibleShare = (samples: number, confidence: number): number =>
  samples <= 0 ? 1 : -Math.expm1(Math.log1p(-confidence) / samples);
