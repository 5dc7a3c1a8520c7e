import type { Quantization } from '../../graph.ts';

/** Runtimes round with fixed-point factors or floats, ties up or to even: nearer than this to a tie, they may differ. */
const DOUBT = 0.01;

/**
 * The int8 code of whatever lies between two real numbers, once clamped.
 * @returns `undefined` where more than one code lies there, or runtimes may round differently
 */
export function codeBetween(
  low: number,
  high: number,
  { scale: [scale = 1], zeroPoint: [zeroPoint = 0] }: Quantization,
  [least, most]: readonly [least: number, most: number],
): number | undefined {
  const bounds = [code(zeroPoint + least / scale), code(zeroPoint + most / scale)] as const;
  const clamped = (steps: number): number =>
    Math.max(bounds[0], Math.min(bounds[1], Math.round(zeroPoint + steps)));
  const from = clamped(low / scale - DOUBT);
  return from === clamped(high / scale + DOUBT) ? from : undefined;
}

const code = (real: number): number => Math.max(-128, Math.min(127, Math.round(real)));
