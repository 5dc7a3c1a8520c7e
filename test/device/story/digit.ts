// One handwritten digit of those that the model was not trained on.

import { readFileSync } from 'node:fs';
import { readNpz } from '../../../src/model/npz.ts';

export interface Digit {
  readonly label: number;
  /** As a request has it. */
  readonly body: string;
  /** As one sees it. */
  readonly lines: readonly string[];
}

const SIDE = 8;
const SHADES = ' .:*#';

export function readDigit(index: number): Digit {
  const file = 'fleets/models/digits-cnn/test.npz';
  const { x, y } = readNpz(readFileSync(file), file);
  const size = SIDE * SIDE;
  const pixels = Array.from(x!.values.subarray(index * size, (index + 1) * size), Number);
  const darkest = Math.max(...pixels);
  const rows = Array.from({ length: SIDE }, (_, row) => pixels.slice(row * SIDE, (row + 1) * SIDE));
  return {
    label: Number(y!.values[index]),
    body: JSON.stringify({ instances: [rows.map((row) => row.map((pixel) => [pixel]))] }),
    lines: rows.map((row) =>
      row.map((pixel) => SHADES[Math.round((pixel / darkest) * (SHADES.length - 1))]!.repeat(2)).join(''),
    ),
  };
}
