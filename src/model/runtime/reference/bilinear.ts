import { typeOf, unsupported, type Kernel } from './kernel.ts';
import { nearestEven } from './rounding.ts';

const { fround, min, max, floor } = Math;

/** The pixels on either side of a place, and the share of the latter. */
interface Between {
  readonly before: number;
  readonly after: number;
  readonly share: number;
}

/** Shares of codes have 11 bits; products of two of them are rounded once, upwards. */
const BITS = 11;

/** A picture in another size, each pixel from the four around it. */
export const bilinear: Kernel = (step) => {
  const { options } = step.operator;
  const [batch = 1, height = 1, width = 1, channels = 1] = step.inputs[0]!.shape;
  const [, rows = 1, columns = 1] = step.outputs[0]!.shape;
  const float = typeOf(step) === 'float32';
  if (batch !== 1 || step.outputs[0]!.type === 'int16')
    throw unsupported(step, ` of ${step.outputs[0]!.type} in a batch of ${batch}`);
  const corners = options['alignCorners'] === true;
  const half = options['halfPixelCenters'] === true;
  const axis = (size: number, outputs: number): readonly Between[] => {
    const less = corners && outputs !== 1 ? 1 : 0;
    const scale = fround((size - less) / (outputs - less));
    const offset = half ? fround(fround(0.5 * scale) - 0.5) : 0;
    return Array.from({ length: outputs }, (_, output) => {
      const at = min(max(fround(fround(output * scale) + offset), 0), size - 1);
      const before = floor(at);
      const share = fround(at - before);
      return {
        before,
        after: min(before + 1, size - 1),
        share: float ? share : nearestEven(share * 2 ** BITS),
      };
    });
  };
  const [down, across] = [axis(height, rows), axis(width, columns)];
  const mix = float
    ? (a: number, b: number, share: number): number => fround(a + fround(fround(b - a) * share))
    : (a: number, b: number, share: number): number => a * 2 ** BITS + (b - a) * share;
  const finish = float
    ? (value: number): number => value
    : (value: number): number => floor((value + 2 ** (2 * BITS - 1)) / 2 ** (2 * BITS));
  return ([values], [made]) => {
    let to = 0;
    for (const row of down) {
      for (const column of across) {
        for (let channel = 0; channel < channels; channel++) {
          const at = (y: number, x: number): number => values![(y * width + x) * channels + channel]!;
          const above = mix(at(row.before, column.before), at(row.before, column.after), column.share);
          const below = mix(at(row.after, column.before), at(row.after, column.after), column.share);
          made![to++] = finish(mix(above, below, row.share));
        }
      }
    }
  };
};
