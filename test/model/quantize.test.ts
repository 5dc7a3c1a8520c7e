import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { readSource } from '../../src/model/convert.ts';
import type { Graph, Tensor } from '../../src/model/graph.ts';
import { argmax } from '../../src/model/outputs.ts';
import { fuse } from '../../src/model/passes/fuse.ts';
import { closed, observe } from '../../src/model/quantize/calibrate.ts';
import { quantizeInt8 } from '../../src/model/quantize/int8.ts';
import { convertKeras } from '../../src/model/read/convert-keras.ts';
import { readKerasH5 } from '../../src/model/read/keras-h5.ts';
import { loadLiteRt } from '../../src/model/runtime/litert.ts';
import { readTflite } from '../../src/model/tflite/read.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';
import { digitsFile, digitsLabels, digitsSamples } from './digits.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

const float = async (): Promise<Graph> => fuse(convertKeras(await readKerasH5(digitsFile('model.h5'))));

async function int8(io: 'float' | 'int8'): Promise<Graph> {
  const graph = await float();
  const samples = digitsSamples('calibration.npz').map((sample) => [sample]);
  return quantizeInt8(graph, await observe(graph, samples, await loadLiteRt()), { io, denseByChannel: true });
}

/** What TensorFlow 2.21's converter makes of the same model and calibration set, read from its file. */
const OFFICIAL = {
  constants: [
    '4ba79e04ba34ad8a',
    '9bdcb1d815521073',
    'f2165e1d5c4d03c0',
    'ede848f1bce56655',
    'b013cd0604fad924',
    '454980b4f35761c9',
  ],
  outputs: '36817a31ce7d10ae',
  bytes: 11_968,
};

test('every weight and bias of digits-cnn is what TensorFlow 2.21 makes of it', async () => {
  const { tensors, operators } = await int8('int8');
  const constants = operators
    .filter(({ kind }) => kind === 'CONV_2D' || kind === 'FULLY_CONNECTED')
    .flatMap(({ inputs }) => inputs.slice(1).map((index): Tensor => tensors[index]!));
  expect(constants.map(({ data }) => digest(data!))).toEqual(OFFICIAL.constants);
});

test('every scale of digits-cnn is that of TensorFlow 2.21 to the bit', async () => {
  const float = await readSource(digitsFile('model.h5'));
  const samples = digitsSamples('calibration.npz').map((sample) => [sample]);
  const { tensors, operators } = quantizeInt8(float, await observe(float, samples, await loadLiteRt()), {
    io: 'int8',
    denseByChannel: true,
  });
  expect(operators.map(({ kind, outputs }) => [kind, tensors[outputs[0]!]!.quantization!.scale[0]])).toEqual([
    ['CONV_2D', 0.023801259696483612],
    ['MAX_POOL_2D', 0.023801259696483612],
    ['CONV_2D', 0.03190517798066139],
    ['MAX_POOL_2D', 0.03190517798066139],
    ['RESHAPE', 0.03190517798066139],
    ['FULLY_CONNECTED', 0.17042718827724457],
    ['SOFTMAX', 1 / 256],
  ]);
});

test('the int8 network gives the outputs of the official one on all test images, and its file is smaller', async () => {
  const graph = await int8('int8');
  const bytes = writeTflite(graph, '');
  expect(bytes.byteLength).toBeLessThanOrEqual(OFFICIAL.bytes);
  const model = await (await loadLiteRt()).load(writeTflite(closed(graph), ''));
  const { scale, zeroPoint } = graph.tensors[graph.inputs[0]!]!.quantization!;
  const outputs: Uint8Array[] = [];
  for (const sample of digitsSamples('test.npz')) {
    const codes = Int8Array.from(sample, (value) =>
      Math.max(-128, Math.min(127, Math.round(value / scale[0]!) + zeroPoint[0]!)),
    );
    outputs.push((await model.run([new Uint8Array(codes.buffer)]))[0]!);
  }
  model.dispose();
  expect(digest(Buffer.concat(outputs))).toBe(OFFICIAL.outputs);
});

test('with float inputs and outputs it is as accurate as the float network on the test set', async () => {
  const runtime = await loadLiteRt();
  const accuracy = async (graph: Graph): Promise<number> => {
    const model = await runtime.load(writeTflite(closed(graph), ''));
    const labels = digitsLabels();
    let right = 0;
    for (const [index, sample] of digitsSamples('test.npz').entries()) {
      const [output] = await model.run([new Uint8Array(sample.buffer)]);
      if (argmax(new Float32Array(output!.buffer)) === labels[index]) right++;
    }
    model.dispose();
    return right / labels.length;
  };
  const before = await accuracy(await float());
  expect(before).toBeCloseTo(0.98995, 5);
  expect(await accuracy(await int8('float'))).toBeGreaterThanOrEqual(before - 0.002);
});

test('a file that is written and read again is the same graph', async () => {
  const graph = await int8('float');
  const { tensors, operators, ...ends } = readTflite(writeTflite(graph, ''));
  expect(ends).toEqual({ inputs: graph.inputs, outputs: graph.outputs });
  expect(operators.map(({ kind, inputs, outputs }) => ({ kind, inputs, outputs }))).toEqual(
    graph.operators.map(({ kind, inputs, outputs }) => ({ kind, inputs, outputs })),
  );
  expect(tensors.map(({ name, shape, type }) => ({ name, shape, type }))).toEqual(
    graph.tensors.map(({ name, shape, type }) => ({ name, shape: [...shape], type })),
  );
});

test('an empty calibration set, a sample of another shape and a value that is no number are refused', async () => {
  const graph = await float();
  const runtime = await loadLiteRt();
  const refusal = (samples: readonly (readonly Float32Array[])[]): Promise<string> =>
    observe(graph, samples, runtime).then(
      () => 'accepted',
      (error: unknown) => String(error),
    );
  expect(await refusal([])).toMatchInlineSnapshot(`"UserError: the calibration set is empty"`);
  expect(await refusal([[new Float32Array(64).fill(0.5)]])).toMatchInlineSnapshot(
    `"UserError: every value of every sample for input image is 0.5"`,
  );
  expect(await refusal([[new Float32Array(63)]])).toMatchInlineSnapshot(
    `"UserError: sample 0 has 63 values, input image takes 64 ([1, 8, 8, 1])"`,
  );
  expect(await refusal([[new Float32Array(64).fill(NaN, 7, 8)]])).toMatchInlineSnapshot(
    `"UserError: sample 0 holds NaN at index 7"`,
  );
});
