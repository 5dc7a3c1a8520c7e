/** How many shares above a limit it is compared with. */
const ALTERNATIVES = 10;

/**
 * The shares that a limit is compared with: half way from it to 1, a quarter, an eighth, …
 *
 * Half the distance is no coarser than what counts can tell: a share between two of them is seen with at most 17 %
 * more observations than if it were one of them.
 *
 * @param limit above 0 and below 1
 * @returns ratios, falling towards the limit
 */
export const alternativesTo = (limit: number): readonly number[] =>
  Array.from({ length: ALTERNATIVES }, (_, index) => limit + (1 - limit) / 2 ** (index + 1));

/**
 * The natural logarithm of an e-value against "the share is at most `limit`": how much better shares qⱼ above the
 * limit π explain, on average, what was counted than the limit itself does:
 *
 * e = (1/m) Σⱼ (qⱼ/π)ˣ ((1 − qⱼ)/(1 − π))ʸ.
 *
 * It may be looked at as often as one likes: where the share is at most the limit, it ever reaches ln(1/α) with a
 * probability of at most α (Ville). The limit for which it is just reached is a lower confidence bound that holds
 * at all times together. A sum of ten terms, and no integral, so that PromQL says the same to the last digits.
 *
 * @param bad x, independent observations
 * @param ok y, independent observations
 * @param limit π, above 0 and below 1
 * @see https://doi.org/10.1214/aoms/1177696786 for mixtures of likelihood ratios
 */
export function logEValue(bad: number, ok: number, limit: number): number {
  const ratios = alternativesTo(limit).map(
    (share) => bad * Math.log(share / limit) + ok * Math.log((1 - share) / (1 - limit)),
  );
  // The largest is taken out, so that none overflows.
  const largest = Math.max(...ratios);
  const sum = ratios.reduce((all, ratio) => all + Math.exp(ratio - largest), 0);
  return largest + Math.log(sum / ALTERNATIVES);
}
