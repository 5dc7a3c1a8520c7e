// The two ways in which kernels on codes multiply by a real factor. XNNPACK, which computes most of int8, multiplies in
// float32 and rounds once. The runtime's own kernels multiply by a whole number and shift, which rounds twice.
// Source: google/XNNPACK, src/qs8-gemm; google-ai-edge/LiteRT, tflite/kernels/internal/{common,quantization_util}.cc.

/** From here on, float32 numbers have no digits after the point. */
const MAGIC = 1.5 * 2 ** 23;

/** A float32 number to the nearest whole one, half to even; coarser beyond 2²², which no code reaches. */
export const nearestEven = (value: number): number => Math.fround(value + MAGIC) - MAGIC;

/** Half away from zero. */
export const nearestAway = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));

export const clamp = (value: number, low: number, high: number): number =>
  value < low ? low : value > high ? high : value;

/** factor = multiplier × 2^(shift − 31). */
export interface Factor {
  /** 31 bits. */
  readonly multiplier: number;
  readonly shift: number;
}

/** The nearest factor that kernels can apply, of either sign. */
export function factorOf(real: number): Factor {
  if (real === 0) return { multiplier: 0, shift: 0 };
  const size = Math.abs(real);
  let shift = Math.ceil(Math.log2(size));
  // A power of two keeps one half before the shift; the logarithm may also be off by a bit.
  if (size / 2 ** shift >= 1) shift++;
  if (size / 2 ** shift < 0.5) shift--;
  let multiplier = Math.round((size / 2 ** shift) * 2 ** 31);
  if (multiplier === 2 ** 31) [multiplier, shift] = [multiplier / 2, shift + 1];
  return shift < -31 ? { multiplier: 0, shift: 0 } : { multiplier: Math.sign(real) * multiplier, shift };
}

const HALF = 2n ** 30n;
const WHOLE = 2n ** 31n;

/** Multiply a sum of 32 bits; rounds half away from zero, twice. */
export function rescale(value: number, { multiplier, shift }: Factor): number {
  const product = BigInt(value) * 2n ** BigInt(Math.max(shift, 0)) * BigInt(multiplier);
  // Division of whole numbers is towards zero.
  const high = Number((product + (product >= 0n ? HALF : 1n - HALF)) / WHOLE);
  return shiftRight(high, Math.max(-shift, 0));
}

/** Divide by a power of two, half away from zero. */
export function shiftRight(value: number, bits: number): number {
  const whole = Math.floor(value / 2 ** bits);
  const rest = value - whole * 2 ** bits;
  const half = 2 ** bits / 2;
  return whole + (rest > half || (rest === half && bits > 0 && value >= 0) ? 1 : 0);
}

/** Multiply a sum of up to 48 bits, of int16 products: the multiplier keeps 15 bits, and it rounds once, upwards. */
export function rescaleWide(value: number, { multiplier, shift }: Factor): number {
  const reduced = multiplier < 0x7fff0000 ? (multiplier + (1 << 15)) >> 16 : 0x7fff;
  const total = BigInt(15 - shift);
  return Number((BigInt(value) * BigInt(reduced) + (1n << (total - 1n))) >> total);
}
