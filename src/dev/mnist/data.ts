// How the digits are divided, and where they are put for training.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Labelled } from '../../model/train/labelled.ts';
import { seeded } from '../../model/train/random.ts';
import { npzBytes } from '../../model/write-npz.ts';
import { between, readDigits, type Digits } from './digits.ts';
import { withShifted } from './shift.ts';

/** Of the order of digits, of moved copies, and of training. */
export const SEED = 1;
/** Of 10,000: what is trained on; the others judge. */
const TRAINED_ON = 8000;

export interface Divided {
  readonly seen: Digits;
  readonly unseen: Digits;
}

export function divideDigits(): Divided {
  const digits = readDigits(SEED);
  return {
    seen: between(digits, 0, TRAINED_ON),
    unseen: between(digits, TRAINED_ON, digits.labels.length),
  };
}

/** Put the data into `.breakwater/data` of the project: digits with a moved copy of each to train on, and those that judge. */
export function writeTrainingData(root: string, { seen, unseen }: Divided): void {
  const folder = join(root, '.breakwater', 'data');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'mnist-train.npz'), npz(withShifted(seen, 1, seeded(SEED)), false));
  writeFileSync(join(folder, 'mnist-test.npz'), npz(unseen, false));
}

/** @param packed smaller, and of other bytes where zlib is another */
export const npz = ({ pixels, labels }: Digits, packed: boolean): Uint8Array =>
  npzBytes(
    {
      x: { shape: [labels.length, 28, 28, 1], values: pixels },
      y: { shape: [labels.length], values: labels },
    },
    packed,
  );

export const labelled = ({ pixels, labels }: Digits): Labelled => ({
  count: labels.length,
  shape: [28, 28, 1],
  values: Float32Array.from(pixels),
  labels: Int32Array.from(labels),
});
