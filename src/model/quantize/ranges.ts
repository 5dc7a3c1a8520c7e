// Ranges of activations, as observed, and the parameters that follow from them.

import type { Quantization } from '../graph.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

export const rangeOf = (values: Float32Array): Range =>
  values.reduce<Range>(({ min, max }, value) => ({ min: Math.min(min, value), max: Math.max(max, value) }), {
    min: Infinity,
    max: -Infinity,
  });

/** By index of the tensor. */
export type Ranges = ReadonlyMap<number, Range>;

/**
 * Asymmetric int8 parameters of an activation, as TensorFlow's converter computes them: zero is always a code.
 * scale = (max − min) / 255, zeroPoint = round(−128 − min / scale), scale rounded to float32.
 * @see https://developers.google.com/edge/litert/quantization/quantization_spec
 */
export function activationParameters({ min, max }: Range): Quantization {
  const low = Math.min(min, 0);
  const high = Math.max(max, 0);
  const scale = (high - low) / 255;
  if (!(scale > 0)) return { scale: [1], zeroPoint: [-128], axis: 0 };
  const zeroPoint = Math.max(-128, Math.min(127, Math.round(-128 - low / scale)));
  return { scale: [Math.fround(scale)], zeroPoint: [zeroPoint], axis: 0 };
}

/**
 * Symmetric int16 parameters of an activation: scale = max |x| / 32,767.
 * @see https://developers.google.com/edge/litert/quantization/quantization_spec
 */
export function symmetricParameters({ min, max }: Range): Quantization {
  const largest = Math.max(Math.abs(min), Math.abs(max));
  return { scale: [largest > 0 ? Math.fround(largest / 32_767) : 1], zeroPoint: [0], axis: 0 };
}

/** Symmetric parameters of a weight's channel: scale = max |w| / 127 in float32; 1 for zeros alone. */
export function weightScale(largest: number): number {
  return largest === 0 ? 1 : Math.fround(largest / 127);
}

/** Half away from zero, as the converter rounds. */
export const roundHalfAway = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));
