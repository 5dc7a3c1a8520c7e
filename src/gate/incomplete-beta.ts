import { deviance, stirlingError } from './stirling.ts';

/** The continued fraction stops where a step changes it by less than this share. */
const PRECISION = 1e-16;
/** Stands for 0 where the fraction would divide by it. */
const TINY = 1e-300;

/**
 * The regularised incomplete beta function I_x(a, b) = ∫₀ˣ tᵃ⁻¹(1 − t)ᵇ⁻¹ dt / B(a, b): the chance that a share
 * with density Beta(a, b) is at most x.
 *
 * By its continued fraction, whose steps grow with the square root of the larger argument. Relative error below
 * 1e-11 up to a million, also in tails of 1e-200: no tail is one minus the other.
 *
 * @param x 0 to 1
 * @param a above 0
 * @param b above 0
 * @returns a probability
 * @see https://dlmf.nist.gov/8.17
 */
export const incompleteBeta = (x: number, a: number, b: number): number => tails(x, a, b)[0];

/** 1 − I_x(a, b), with its own digits where I_x is close to 1. */
export const incompleteBetaAbove = (x: number, a: number, b: number): number => tails(x, a, b)[1];

/**
 * The x at which I_x(a, b) is a given probability: a quantile of Beta(a, b). By halving, to the last digits.
 * @param probability 0 to 1
 * @returns a share, 0 to 1
 */
export function inverseIncompleteBeta(probability: number, a: number, b: number): number {
  if (probability <= 0) return 0;
  if (probability >= 1) return 1;
  let low = 0;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high || high - low < 1e-15 * high) return middle;
    if (incompleteBeta(middle, a, b) < probability) low = middle;
    else high = middle;
  }
}

function tails(x: number, a: number, b: number): readonly [below: number, above: number] {
  if (x <= 0) return [0, 1];
  if (x >= 1) return [1, 0];
  if (x < (a + 1) / (a + b + 2)) {
    const below = (density(x, a, b) * fraction(x, a, b)) / a;
    return [below, 1 - below];
  }
  const above = (density(x, a, b) * fraction(1 - x, b, a)) / b;
  return [1 - above, above];
}

/** xᵃ(1 − x)ᵇ / B(a, b) */
function density(x: number, a: number, b: number): number {
  const n = a + b;
  const exponent =
    stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * (1 - x));
  return Math.sqrt((a / (2 * Math.PI)) * (b / n)) * Math.exp(exponent);
}

const orTiny = (value: number): number => (Math.abs(value) < TINY ? TINY : value);

/** Lentz's method for the fraction of DLMF 8.17.22. */
function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / orTiny(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; ; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / orTiny(1 + even * d);
    c = orTiny(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / orTiny(1 + odd * d);
    c = orTiny(1 + odd / c);
    result *= d * c;
    // The last digits may go to and fro for ever.
    if (Math.abs(d * c - 1) < PRECISION * 4) return result;
  }
}
