import { incompleteBeta, incompleteBetaAbove } from './incomplete-beta.ts';

/**
 * P(X ≥ k) for X ~ Bin(n, p): the chance that k or more of n devices fail where each does with probability p.
 * Equals I_p(k, n − k + 1), which also carries counts that are not whole.
 *
 * @param k devices
 * @param n devices
 * @param p of one device, 0 to 1
 * @returns a probability
 * @see https://dlmf.nist.gov/8.17#i
 */
export function binomialAtLeast(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  return incompleteBeta(p, k, n - k + 1);
}

/** P(X ≤ k) for X ~ Bin(n, p): 1 − I_p(k + 1, n − k), with its own digits. */
export function binomialAtMost(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return incompleteBetaAbove(p, k + 1, n - k);
}
