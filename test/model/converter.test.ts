import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { quantize, readSource } from '../../src/model/convert.ts';
import type { Graph, Tensor } from '../../src/model/graph.ts';
import { readTflite } from '../../src/model/tflite/read.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';
import { digitsFile, digitsSamples } from './digits.ts';
import { activationPairs, equalConstants, int8Outputs } from './golden.ts';

// digits-cnn as TensorFlow 2.21 converts it, by fixtures/make-digits.py, beside what is made of it here.

const official = fileURLToPath(new URL('fixtures/digits-int8.tflite', import.meta.url));
const theirs = readTflite(readFileSync(official));
let ours: Graph;

beforeAll(async () => {
  const samples = digitsSamples('calibration.npz').map((sample) => [sample]);
  ours = await quantize(await readSource(digitsFile('model.h5')), samples, {
    recipe: 'int8',
    io: 'int8',
    denseByChannel: true,
  });
});

test('every scale is the same float32, and every zero point the same', () => {
  const pairs = activationPairs(ours, theirs);
  expect(pairs).toHaveLength(8);
  const parameters = ({ quantization }: Tensor): readonly (number | undefined)[] => [
    quantization?.scale[0],
    // Minus zero is written as zero.
    quantization!.zeroPoint[0]! + 0,
  ];
  expect(pairs.map(([mine]) => parameters(mine))).toEqual(pairs.map(([, other]) => parameters(other)));
});

test('every weight and every bias is the same', () => {
  expect(equalConstants(ours, theirs)).toEqual({ equal: 6090, of: 6090 });
});

test('every output code of every test image is the same', async () => {
  const images = digitsSamples('test.npz').map((sample) => [sample]);
  const codes = await int8Outputs(ours, images);
  expect(codes).toHaveLength(597);
  expect(codes).toEqual(await int8Outputs(theirs, images));
});

test('the file is smaller', () => {
  expect(readFileSync(official).byteLength).toBe(11_968);
  expect(writeTflite(ours, '').byteLength).toBeLessThan(11_968);
});
