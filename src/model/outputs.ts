// Comparing outputs of two networks.

/** Index of the largest value; the first of equals. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[best]!) best = index;
  return best;
}

/** Which class an output names: of one value, whether it is over a half; of several, the largest. */
export const classOf = (values: ArrayLike<number>): number =>
  values.length === 1 ? Number(values[0]! > 0.5) : argmax(values);

/**
 * Ratio of signal to quantization noise over all samples: 10 log10(Σ x² / Σ (x − y)²).
 * @param pairs the exact values and what became of them
 * @returns dB; `Infinity` when nothing differs
 */
export function sqnrDb(pairs: readonly (readonly [exact: Float32Array, other: Float32Array])[]): number {
  let signal = 0;
  let noise = 0;
  for (const [exact, other] of pairs) {
    for (let index = 0; index < exact.length; index++) {
      signal += exact[index]! ** 2;
      noise += (exact[index]! - other[index]!) ** 2;
    }
  }
  return noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
}
