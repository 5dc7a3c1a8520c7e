import { incompleteBetaAbove } from './incomplete-beta.ts';
import { logBeta } from './stirling.ts';

/**
 * The natural logarithm of an e-value against "the share is at most `limit`": how much better a share above the
 * limit, unknown and spread as Beta(a, b), explains what was counted than the limit itself does (mixture SPRT):
 *
 * e = B(a + x, b + y)(1 − I_π(a + x, b + y)) / (B(a, b)(1 − I_π(a, b)) πˣ(1 − π)ʸ).
 *
 * It may be looked at as often as one likes: where the share is at most the limit, it ever reaches ln(1/α) with a
 * probability of at most α (Ville). The limit for which it is just reached is a lower confidence bound that holds
 * at all times together.
 *
 * @param bad x, independent observations
 * @param ok y, independent observations
 * @param limit π, above 0 and below 1
 * @param prior a and b; 1 and 1 spread the share evenly
 * @returns 0 with nothing counted; −∞ where a double cannot tell the tail from 0
 * @see https://doi.org/10.1214/aoms/1177696786
 */
export function logEValue(
  bad: number,
  ok: number,
  limit: number,
  { a, b }: { readonly a: number; readonly b: number } = { a: 1, b: 1 },
): number {
  const mixture = logBeta(a + bad, b + ok) + Math.log(incompleteBetaAbove(limit, a + bad, b + ok));
  const prior = logBeta(a, b) + Math.log(incompleteBetaAbove(limit, a, b));
  return mixture - prior - bad * Math.log(limit) - ok * Math.log1p(-limit);
}
