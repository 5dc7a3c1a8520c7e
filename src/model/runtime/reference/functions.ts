// Functions of one real number, in float32.

import type { Operator } from '../../graph.ts';
import type { OperatorKind } from '../../tflite/operators.ts';

export type Real = (value: number) => number;

const { exp, max, min, sqrt, tanh } = Math;

/**
 * The complementary error function, by its continued fraction and its series; relative error below 1e-12.
 * @see https://dlmf.nist.gov/7.6 and https://dlmf.nist.gov/7.9
 */
function errorComplement(x: number): number {
  if (x < 0) return 2 - errorComplement(-x);
  if (x < 2) {
    let [term, sum] = [x, x];
    for (let n = 1; n < 60; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / sqrt(Math.PI)) * sum;
  }
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  return exp(-x * x) / (sqrt(Math.PI) * fraction);
}

const FUNCTIONS: Readonly<Partial<Record<OperatorKind, (options: Operator['options']) => Real>>> = {
  LOGISTIC: () => (x) => 1 / (1 + exp(-x)),
  TANH: () => tanh,
  EXP: () => exp,
  RSQRT: () => (x) => 1 / sqrt(x),
  ELU: () => (x) => (x < 0 ? Math.expm1(x) : x),
  HARD_SWISH: () => (x) => (x * min(max(x + 3, 0), 6)) / 6,
  RELU: () => (x) => max(x, 0),
  RELU6: () => (x) => min(max(x, 0), 6),
  LEAKY_RELU: (options) => {
    const alpha = Number(options['alpha'] ?? 0);
    return (x) => (x < 0 ? x * alpha : x);
  },
  GELU: ({ approximate }) => {
    const root = sqrt(2 / Math.PI);
    return approximate === true
      ? (x) => (x / 2) * (1 + tanh(root * (x + 0.044715 * x ** 3)))
      : (x) => (x / 2) * errorComplement(-x / sqrt(2));
  },
};

/** By operator and its options; `undefined` for an operator that is no such function. */
export const functionOf = ({ kind, options }: Operator): Real | undefined => FUNCTIONS[kind]?.(options);
