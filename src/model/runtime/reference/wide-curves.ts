// Sigmoid and hyperbolic tangent on codes of 16 bits, between the entries of a table.
// Source: google-ai-edge/LiteRT, tflite/kernels/internal/reference/integer_ops/{logistic,tanh}.h.

import type { Real } from './functions.ts';

const sigmoid = (at: number): number => 2 ** 16 / (1 + Math.exp(-at / 24));

/** Entry i: sigmoid(i / 24) of 2¹⁶, moved by half of what the middle between it and the next is off. */
const TABLE = Array.from({ length: 256 }, (_, at) => {
  const middle = (sigmoid(at) + sigmoid(at + 1)) / 2;
  return at === 255 ? 2 ** 16 - 1 : Math.round(sigmoid(at) + (sigmoid(at + 0.5) - middle) / 2);
});

/** The code in units of 1 / 12,288, by a multiplier of 15 bits. */
function scaledBy(scale: number): Real {
  let [multiplier, shift] = [scale * 4096 * 3, 0];
  while (multiplier <= 32_767 / 2 && shift <= 30) {
    multiplier *= 2;
    shift++;
  }
  const whole = Math.trunc(multiplier);
  return (code) => Math.floor((code * whole + (shift > 0 ? 2 ** (shift - 1) : 0)) / 2 ** shift);
}

/** @param bits after the entry */
function between(size: number, bits: number): number {
  const entry = Math.floor(size / 2 ** bits);
  if (entry >= 255) return Infinity;
  return TABLE[entry]! * 2 ** bits + (size % 2 ** bits) * (TABLE[entry + 1]! - TABLE[entry]!);
}

/** @returns codes of 2¹⁵ to one */
export function wideSigmoid(scale: number): Real {
  const scaled = scaledBy(scale);
  return (code) => {
    const value = scaled(code);
    const result = Math.min(between(Math.abs(value), 9), 0x7fff * 2 ** 10);
    return Math.floor((value >= 0 ? result + 512 : 2 ** 25 - result + 511) / 2 ** 10);
  };
}

/** @returns codes of 2¹⁵ to one; tanh(x) = 2 sigmoid(2 x) − 1 */
export function wideTanh(scale: number): Real {
  const scaled = scaledBy(scale);
  return (code) => {
    const value = scaled(code);
    const result = Math.min(between(Math.abs(value), 8), 0xffff * 2 ** 8);
    return Math.floor((value >= 0 ? result - 2 ** 23 + 128 : -result + 2 ** 23 + 127) / 2 ** 8);
  };
}
