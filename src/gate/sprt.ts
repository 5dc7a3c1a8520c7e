/** How surely a test decides. */
export interface Errors {
  /** Probability of a rollback without cause. */
  readonly alpha: number;
  /** Probability of missing what is to be seen. */
  readonly beta: number;
}

/** Natural logarithms of odds: at `fail` and above the evidence is of a bad release, at `pass` and below of a good one. */
export interface SprtBounds {
  readonly fail: number;
  readonly pass: number;
}

/**
 * Wald's bounds of a sequential test: A = ln((1 − β)/α), B = ln(β/(1 − α)). The test may be looked at as often as
 * one likes: a good release ever reaches A with a probability of at most α/(1 − β).
 *
 * @see https://doi.org/10.1214/aoms/1177731118
 */
export const sprtBounds = ({ alpha, beta }: Errors): SprtBounds => ({
  fail: Math.log((1 - beta) / alpha),
  pass: Math.log(beta / (1 - alpha)),
});

/** A healthy share of failures, and the share that must not pass: ratios. */
export interface Shares {
  readonly healthy: number;
  readonly faulty: number;
}

/**
 * How much better the evidence fits the faulty share than the healthy one:
 * LLR = bad ln(p₁/p₀) + ok ln((1 − p₁)/(1 − p₀)).
 *
 * Linear, so that counts of sites and of looks add up; and never too sure where the counts are sums of shares of
 * devices between 0 and 1, since the likelihood ratio is convex in them.
 *
 * @param bad independent observations
 * @param ok independent observations
 * @returns a natural logarithm of odds
 * @see https://doi.org/10.1214/aoms/1177731118
 */
export const logRatio = (bad: number, ok: number, { healthy, faulty }: Shares): number =>
  bad * Math.log(faulty / healthy) + ok * (Math.log1p(-faulty) - Math.log1p(-healthy));

/**
 * How many observations the test takes on average, by Wald's approximation (it leaves out the last step's
 * overshoot): ((1 − α)B + αA) / E₀ where all is well, (βB + (1 − β)A) / E₁ where the share is the faulty one.
 *
 * @returns independent observations
 * @see https://doi.org/10.1214/aoms/1177731118
 */
export function expectedSamples(
  shares: Shares,
  errors: Errors,
): { readonly healthy: number; readonly faulty: number } {
  const { fail, pass } = sprtBounds(errors);
  const { alpha, beta } = errors;
  const perSample = (share: number): number => logRatio(share, 1 - share, shares);
  return {
    healthy: ((1 - alpha) * pass + alpha * fail) / perSample(shares.healthy),
    faulty: (beta * pass + (1 - beta) * fail) / perSample(shares.faulty),
  };
}
