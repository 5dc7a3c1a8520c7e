import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quantize, readSource } from '../../src/model/convert.ts';
import type { Graph } from '../../src/model/graph.ts';
import { readSamples, type Samples } from '../../src/model/samples.ts';
import { npzBytes, type WrittenArray } from '../../src/model/write-npz.ts';
import { project } from '../project.ts';
import { digitsFile } from './digits.ts';

const digits: Graph = await readSource(digitsFile('model.h5'));

/** Samples for digits-cnn from arrays, through a file as users give it. */
function read(arrays: Readonly<Record<string, WrittenArray>>): Samples {
  const folder = project({});
  writeFileSync(join(folder, 'data.npz'), npzBytes(arrays, false));
  return readSamples(folder, 'data.npz', digits);
}

const images = (count: number, value = 0.5): WrittenArray => ({
  shape: [count, 8, 8, 1],
  values: new Float32Array(count * 64).fill(value),
});
const labels = (...values: readonly number[]): WrittenArray => ({
  shape: [values.length],
  values: Float32Array.from(values),
});

const refusal = (arrays: Readonly<Record<string, WrittenArray>>): string => {
  try {
    read(arrays);
    return 'read';
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    return `${code}: ${message}; ${hint}`;
  }
};

test('labels that are no class of the model, not whole, or not one for each sample are refused with their place', () => {
  expect([
    refusal({ x: images(2), y: labels(3, 10) }),
    refusal({ x: images(2), y: labels(-1, 3) }),
    refusal({ x: images(2), y: labels(3, 2.5) }),
    refusal({ x: images(2), y: labels(3) }),
    refusal({ x: images(2), probs: labels(3, 11) }),
  ]).toMatchInlineSnapshot(`
    [
      "CALIBRATION: label 1 in data.npz is 10, the model has classes 0 to 9; correct the label",
      "CALIBRATION: label 0 in data.npz is -1, the model has classes 0 to 9; correct the label",
      "CALIBRATION: label 1 in data.npz is 2.5, the model has classes 0 to 9; correct the label",
      "CALIBRATION: data.npz has 2 samples and 1 labels; give one label for each sample",
      "CALIBRATION: label 1 in data.npz is 11, the model has classes 0 to 9; correct the label",
    ]
  `);
  expect(read({ x: images(2), y: labels(3, 9) }).labels).toEqual([3, 9]);
  expect(read({ x: images(2), probs: labels(3, 9) }).labels).toEqual([3, 9]);
});

test('samples of another shape, of none at all, and under another name are refused', () => {
  expect([
    refusal({ x: { shape: [2, 8, 8, 3], values: new Float32Array(384) } }),
    refusal({ x: images(0) }),
    refusal({ pictures: images(2) }),
  ]).toMatchInlineSnapshot(`
    [
      "CALIBRATION: the array for input image in data.npz has the shape [2, 8, 8, 3], it takes [n, 8, 8, 1]; give one sample for each index of the first dimension, in the shape of the input",
      "CALIBRATION: the array for input image in data.npz has the shape [0, 8, 8, 1], it takes [n, 8, 8, 1]; give one sample for each index of the first dimension, in the shape of the input",
      "CALIBRATION: data.npz holds pictures, the model takes image; give an .npz with an array for each input, called as the input is; with one input, x will do",
    ]
  `);
});

test('calibration samples that are all alike are refused: no range can be told from them', async () => {
  const { inputs } = read({ x: images(3, 0.25) });
  await expect(
    quantize(digits, inputs, { recipe: 'int8', io: 'float', denseByChannel: true }),
  ).rejects.toThrow('every value of every sample for input image is 0.25');
});
