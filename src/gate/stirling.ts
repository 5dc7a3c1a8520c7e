// The two pieces from which C. Loader builds binomial probabilities that keep their digits where factorials have
// millions of them: "Fast and Accurate Computation of Binomial Probabilities", 2000.

/** From here on the series is exact to the last bit of a double. */
const SERIES_FROM = 15;

/**
 * What Stirling's formula leaves out: δ(z) = ln Γ(z + 1) − (z + ½) ln z + z − ½ ln 2π.
 *
 * @param z above 0
 * @returns a pure number: 0.0810614… for 1, about 1 / 12z for large z
 * @see https://dlmf.nist.gov/5.11
 */
export function stirlingError(z: number): number {
  let lower = 0;
  let at = z;
  // δ(z) = δ(z + 1) + (z + ½) ln(1 + 1/z) − 1
  for (; at < SERIES_FROM; at += 1) lower += (at + 0.5) * Math.log1p(1 / at) - 1;
  const square = at * at;
  const series =
    (1 / 12 -
      (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - 691 / 360360 / square) / square) / square) / square) /
        square) /
    at;
  return lower + series;
}

/**
 * How far a count is from its mean: x ln(x / m) + m − x, without loss of digits where both are close.
 *
 * @param x 0 or more
 * @param m above 0
 * @returns a pure number, 0 or more
 */
export function deviance(x: number, m: number): number {
  if (x === 0) return m;
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let term = 2 * x * v;
  for (let j = 1; ; j += 1) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}
