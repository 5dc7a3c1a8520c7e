/** Below this share of the most likely count, a count adds nothing to a sum in double precision. */
const NEGLIGIBLE = 1e-20;

/**
 * The middle 95 % of a binomial count: the 2.5 % and the 97.5 % quantile of Bin(n, p).
 *
 * Probabilities are summed outwards from the most likely count, relative to it, so that nothing underflows;
 * some twenty standard deviations of work.
 *
 * @param n trials, a whole number
 * @param p chance of each, 0 to 1
 * @see https://en.wikipedia.org/wiki/Binomial_distribution
 */
export function middleOfBinomial(n: number, p: number): readonly [low: number, high: number] {
  if (n <= 0 || p <= 0) return [0, 0];
  if (p >= 1) return [n, n];
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  const below: number[] = [];
  for (let k = mode, weight = 1; k > 0 && weight > NEGLIGIBLE; k -= 1) {
    weight *= k / ((n - k + 1) * odds);
    below.push(weight);
  }
  const above: number[] = [];
  for (let k = mode, weight = 1; k < n && weight > NEGLIGIBLE; k += 1) {
    weight *= ((n - k) / (k + 1)) * odds;
    above.push(weight);
  }
  const weights = [...below.toReversed(), 1, ...above];
  const first = mode - below.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const quantile = (share: number): number => {
    let sum = 0;
    const index = weights.findIndex((weight) => (sum += weight) >= share * total);
    return index === -1 ? n : first + index;
  };
  return [quantile(0.025), quantile(0.975)];
}
