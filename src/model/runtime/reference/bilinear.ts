import { typeOf, unsupported, type Kernel } from './kernel.ts';
import { nearestEven } from './rounding.ts';

const { ceil, floor, fround, max, min, trunc } = Math;

/** The pixels on either side of a place, and the share of the latter. */
interface Between {
  readonly before: number;
  readonly after: number;
  readonly share: number;
}

interface Resize {
  readonly corners: boolean;
  readonly half: boolean;
}

interface Arithmetic {
  /** For each pixel of the output along an axis. */
  readonly between: (size: number, outputs: number, resize: Resize) => readonly Between[];
  readonly mix: (a: number, b: number, share: number) => number;
  /** After both mixes. */
  readonly finish: (value: number) => number;
}

const inFloats = (size: number, outputs: number, { corners, half }: Resize): readonly Between[] => {
  const less = corners && outputs !== 1 ? 1 : 0;
  const scale = fround((size - less) / (outputs - less));
  const offset = half ? fround(fround(0.5 * scale) - 0.5) : 0;
  return Array.from({ length: outputs }, (_, output) => {
    const at = min(max(fround(fround(output * scale) + offset), 0), size - 1);
    const before = floor(at);
    return { before, after: min(before + 1, size - 1), share: fround(at - before) };
  });
};

const FLOATS: Arithmetic = {
  between: inFloats,
  mix: (a, b, share) => fround(a + fround(fround(b - a) * share)),
  finish: (value) => value,
};

const bits = (count: number, between: Arithmetic['between'], finish: Arithmetic['finish']): Arithmetic => ({
  between,
  mix: (a, b, share) => a * 2 ** count + (b - a) * share,
  finish,
});

/** XNNPACK: places in float32, shares of 11 bits, half rounded up. */
const ELEVEN = bits(
  11,
  (size, outputs, resize) =>
    inFloats(size, outputs, resize).map(({ before, after, share }) => ({
      before,
      after,
      share: nearestEven(share * 2 ** 11),
    })),
  (value) => floor((value + 2 ** 21) / 2 ** 22),
);

/** The runtime itself: places and shares of 10 bits, half away from zero. */
const TEN = bits(
  10,
  (size, outputs, { corners, half }) => {
    const less = corners && outputs > 1 ? 1 : 0;
    const scale = floor((1024 * (size - less) + floor((outputs - less) / 2)) / (outputs - less));
    return Array.from({ length: outputs }, (_, output) => {
      const at = output * scale + (half ? floor(scale / 2) - 512 : 0);
      const before = max(trunc(at / 1024), 0);
      return { before, after: min(max(ceil(at / 1024), 0), size - 1), share: at - 1024 * before };
    });
  },
  (value) => trunc((value + (value > 0 ? 2 ** 19 : -(2 ** 19))) / 2 ** 20),
);

/** A picture in another size, each pixel from the four around it. */
export const bilinear: Kernel = (step) => {
  const { options } = step.operator;
  const [batch = 1, height = 1, width = 1, channels = 1] = step.inputs[0]!.shape;
  const [, rows = 1, columns = 1] = step.outputs[0]!.shape;
  const type = typeOf(step);
  if (batch !== 1 || type === 'int16') throw unsupported(step, ` of ${type} in a batch of ${batch}`);
  const { between, mix, finish } = type === 'float32' ? FLOATS : step.delegated ? ELEVEN : TEN;
  const resize = { corners: options['alignCorners'] === true, half: options['halfPixelCenters'] === true };
  const [down, across] = [between(height, rows, resize), between(width, columns, resize)];
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
