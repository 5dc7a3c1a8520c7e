/** One arm of a comparison. */
export interface Arm {
  /** Observations that failed. */
  readonly failed: number;
  /** Observations in which something could fail. */
  readonly exposed: number;
}

/**
 * How much better the failures of two arms that are watched at the same time fit a treatment that fails
 * `riskRatio` times as often as its control than one that fails as often:
 *
 * π₀ = n_t/(n_t + n_c), π₁ = R n_t/(R n_t + n_c), LLR = x_t ln(π₁/π₀) + x_c ln((1 − π₁)/(1 − π₀)).
 *
 * Only in which arm each failure fell is used. So it needs no baseline, and what moves both arms alike, such as the
 * time of day, cancels out. Sums over strata and looks. Where nothing fails in either arm it stays 0: it never
 * decides then.
 *
 * @param riskRatio above 1
 * @returns a natural logarithm of odds, for the bounds of a sequential test
 * @see https://doi.org/10.2307/2332825 the conditional test of two Poisson rates
 */
export function controlLogRatio(treatment: Arm, control: Arm, riskRatio: number): number {
  const { exposed } = treatment;
  if (exposed <= 0 || control.exposed <= 0) return 0;
  const total = exposed + control.exposed;
  // ln((1 − π₁)/(1 − π₀)) = ln(total / (R n_t + n_c))
  const inControl = -Math.log1p(((riskRatio - 1) * exposed) / total);
  return treatment.failed * (Math.log(riskRatio) + inControl) + control.failed * inControl;
}
