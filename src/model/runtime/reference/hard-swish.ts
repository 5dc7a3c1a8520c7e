import type { Tensor } from '../../graph.ts';
import type { Real } from './functions.ts';
import { scaleOf, zeroPointOf } from './numbers.ts';
import { clamp, factorOf, shiftRight } from './rounding.ts';

const { fround } = Math;
const LEAST = -32_768;
const MOST = 32_767;

const saturated = (value: number): number => clamp(value, LEAST, MOST);

/** Of 16 bits: a × b / 2¹⁵, half away from zero. */
const highProduct = (a: number, b: number): number => {
  const product = a * b;
  return saturated(Math.trunc((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15)));
};

/**
 * x × min(max(x + 3, 0), 6) / 6 on codes of 8 bits, in whole numbers of 16 bits.
 * Source: google-ai-edge/LiteRT, tflite/kernels/internal/reference/hard_swish.h.
 */
export function hardSwish(input: Tensor, output: Tensor): Real {
  const fine = fround(scaleOf(input) / 128);
  const [scaling, reluish] = [fine / scaleOf(output), fine / fround(3 / 32_768)].map((factor) => {
    const { multiplier, shift } = factorOf(fround(factor));
    // Sixteen bits are left of the multiplier, rounded.
    return { multiplier: Math.min(MOST, Math.floor((multiplier + (1 << 15)) / (1 << 16))), shift };
  }) as [{ multiplier: number; shift: number }, { multiplier: number; shift: number }];
  const gate = (value: number): number => {
    const { multiplier, shift } = reluish;
    const raised = shift > 0 ? saturated(value * 2 ** (shift - 1)) : value;
    const product = highProduct(raised, multiplier);
    if (shift > 0) return saturated(product * 2);
    return shift < 0 ? shiftRight(product, -shift) : product;
  };
  return (code) => {
    const value = (code - zeroPointOf(input)) * 128;
    const share = (gate(value) + (1 << 15)) >> 1;
    const product = saturated(Math.trunc((share * highProduct(value, scaling.multiplier)) / (1 << 15)));
    return shiftRight(product, -scaling.shift) + zeroPointOf(output);
  };
}
