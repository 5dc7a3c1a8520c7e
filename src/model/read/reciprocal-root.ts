/**
 * 1 / √x as TensorFlow's converter computes it when it folds a normalization: the processor's estimate of twelve bits, and
 * one step of Newton's method with fused products. Last bits of scales follow from it.
 * @see https://gitlab.com/libeigen/eigen/-/blob/master/Eigen/src/Core/MathFunctionsImpl.h
 */
export function reciprocalRoot(value: number): number {
  const estimate = toTwelveBits(1 / Math.sqrt(value));
  const scaled = Math.fround(value * estimate);
  const error = Math.fround(scaled * estimate - 1);
  return Math.fround(estimate - 0.5 * estimate * error);
}

const word = new DataView(new ArrayBuffer(4));

/** Round to a mantissa of twelve bits, half up. */
export function toTwelveBits(value: number): number {
  word.setFloat32(0, value);
  const dropped = 11;
  const rounded = word.getUint32(0) + (1 << (dropped - 1));
  word.setUint32(0, (rounded >>> dropped) << dropped);
  return word.getFloat32(0);
}
