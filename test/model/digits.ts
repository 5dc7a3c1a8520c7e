// The reference model digits-cnn and its data, as tests use them.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readNpz } from '../../src/model/npz.ts';

export const digitsFile = (name: string): string =>
  fileURLToPath(new URL(`../../fleets/models/digits-cnn/${name}`, import.meta.url));

/** Samples of a file's array `x`, each as its own float32 values. */
export function digitsSamples(name: 'calibration.npz' | 'test.npz'): readonly Float32Array[] {
  const { shape, values } = readNpz(readFileSync(digitsFile(name)), name)['x']!;
  const each = values.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, index) =>
    Float32Array.from(values.slice(index * each, (index + 1) * each)),
  );
}

export const digitsLabels = (): readonly number[] => [
  ...readNpz(readFileSync(digitsFile('test.npz')), 'test.npz')['y']!.values,
];
