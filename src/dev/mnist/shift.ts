import type { Digits } from './digits.ts';
import type { Random } from '../../model/train/random.ts';

const SIDE = 28;
const PIXELS = SIDE * SIDE;
/** Most pixels in each direction. */
const FARTHEST = 2;

/** The digits, followed by copies of each that are moved by up to two pixels. */
export function withShifted({ pixels, labels }: Digits, copies: number, random: Random): Digits {
  const all = new Uint8Array(pixels.length * (copies + 1));
  all.set(pixels);
  const far = (): number => Math.floor(random() * (2 * FARTHEST + 1)) - FARTHEST;
  for (let digit = labels.length; digit < labels.length * (copies + 1); digit++) {
    const [right, down] = [far(), far()];
    const from = (digit % labels.length) * PIXELS;
    for (let y = Math.max(0, down); y < Math.min(SIDE, SIDE + down); y++) {
      const [left, end] = [Math.max(0, right), Math.min(SIDE, SIDE + right)];
      const row = from + (y - down) * SIDE;
      all.set(pixels.subarray(row + left - right, row + end - right), digit * PIXELS + y * SIDE + left);
    }
  }
  return {
    pixels: all,
    labels: Uint8Array.from(
      { length: labels.length * (copies + 1) },
      (_, digit) => labels[digit % labels.length]!,
    ),
  };
}
