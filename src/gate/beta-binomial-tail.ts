import { binomialAtLeast } from './binomial-tail.ts';

/**
 * P(X ≥ k) where X of n devices fail and any two of them are correlated: X is beta-binomial with
 * a = p(1/ρ − 1), b = (1 − p)(1/ρ − 1), P(X = k) = C(n, k) B(k + a, n − k + b) / B(a, b).
 *
 * Summed from neighbour to neighbour, relative to the most likely count, so that nothing underflows: n steps.
 *
 * @param k devices, whole
 * @param n devices, whole
 * @param p share of devices that fail on average, 0 to 1
 * @param correlation of two devices (intraclass, ρ), 0 to below 1; 0 gives the binomial tail
 * @returns a probability
 * @see https://en.wikipedia.org/wiki/Beta-binomial_distribution
 */
export function betaBinomialAtLeast(k: number, n: number, p: number, correlation: number): number {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  if (correlation <= 0) return binomialAtLeast(k, n, p);
  const a = p * (1 / correlation - 1);
  const b = (1 - p) * (1 / correlation - 1);
  const start = likeliest(n, a, b);
  let below = 0;
  let above = 0;
  const add = (count: number, weight: number): void => {
    if (count >= k) above += weight;
    else below += weight;
  };
  add(start, 1);
  for (let count = start, weight = 1; count < n && weight > 0; count += 1) {
    weight *= ((n - count) * (count + a)) / ((count + 1) * (n - count - 1 + b));
    add(count + 1, weight);
  }
  for (let count = start, weight = 1; count > 0 && weight > 0; count -= 1) {
    weight *= (count * (n - count + b)) / ((n - count + 1) * (count - 1 + a));
    add(count - 1, weight);
  }
  return above / (above + below);
}

/** A count from which the weights do not overflow: the mode, or the end at which there is one. */
function likeliest(n: number, a: number, b: number): number {
  if (a > 1 && b > 1) return Math.min(n, Math.max(0, Math.floor(((n + 1) * (a - 1)) / (a + b - 2))));
  return a <= b ? 0 : n;
}
