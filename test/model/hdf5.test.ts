import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readSource } from '../../src/model/convert.ts';
import { zipEntries } from '../../src/model/npz.ts';
import type { Hdf5Group } from '../../src/model/read/hdf5.ts';
import { withLibrary } from '../../src/model/read/hdf5-library.ts';
import { NotPlain } from '../../src/model/read/hdf5-bytes.ts';
import { openPlain } from '../../src/model/read/hdf5-plain.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';
import { chance } from './random-network.ts';
import { digitsFile } from './digits.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

/** HDF5 of every kind of file that Keras writes here. */
const FILES: readonly (readonly [name: string, bytes: () => Uint8Array])[] = [
  ['model.h5', () => readFileSync(digitsFile('model.h5'))],
  ['siamese-legacy.h5', () => readFileSync(fixture('siamese-legacy.h5'))],
  ...['plane.keras', 'siamese.keras', 'normalized.keras'].map(
    (name) => [name, () => zipEntries(readFileSync(fixture(name)), name).get('model.weights.h5')!] as const,
  ),
];

/** Everything that conversions can ask of a file, in one value. */
const contents = (group: Hdf5Group): unknown => ({
  texts: ['model_config', 'weight_names', 'name'].map((name) => group.text(name)),
  members: group.keys().map((name) => {
    const numbers = group.numbers(name);
    const inner = numbers === undefined ? group.group(name) : undefined;
    return [name, numbers, inner === undefined ? undefined : contents(inner)];
  }),
});

test.each(FILES)('%s holds what the library of HDF5 finds in it', async (name, bytes) => {
  const plain = contents(openPlain(bytes()));
  expect(plain).toEqual(await withLibrary(bytes(), name, contents));
});

test('a file that is not plain, or damaged, is left to the library after a bounded look', () => {
  const whole = readFileSync(digitsFile('model.h5'));
  const outcomes = Array.from({ length: 3000 }, (_, seed) => {
    const next = chance(seed + 1);
    const length = next() < 0.2 ? 1 + Math.floor(next() * (whole.length - 1)) : whole.length;
    const bytes = new Uint8Array(whole.subarray(0, length));
    // Headers and trees are where a byte leads elsewhere; most of the file is weights.
    for (let change = 0; change < 4; change++)
      bytes[Math.floor(next() * Math.min(length, next() < 0.5 ? 2048 : length))] = Math.floor(next() * 256);
    try {
      contents(openPlain(bytes));
      return 'plain';
    } catch (error) {
      return error instanceof NotPlain ? 'left' : String(error);
    }
  });
  expect([...new Set(outcomes)].toSorted()).toEqual(['left', 'plain']);
});

test('what the library reads gives the same network', async () => {
  const bytes = readFileSync(digitsFile('model.h5'));
  const { convertKeras } = await import('../../src/model/read/convert-keras.ts');
  const { modelIn } = await import('../../src/model/read/keras-h5.ts');
  const read = convertKeras(await withLibrary(bytes, 'model.h5', (root) => modelIn(root, 'model.h5')));
  const own = convertKeras(modelIn(openPlain(bytes), 'model.h5'));
  expect(writeTflite(own, '')).toEqual(writeTflite(read, ''));
  expect((await readSource(digitsFile('model.h5'))).inputs).toEqual([0]);
});
