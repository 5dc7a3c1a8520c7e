import { expect, test } from 'vitest';
import { quantize, readSource } from '../../src/model/convert.ts';
import { GraphBuilder } from '../../src/model/graph-builder.ts';
import { argmax } from '../../src/model/outputs.ts';
import { runAll } from '../../src/model/run.ts';
import { neededRuntime } from '../../src/model/tflite/runtime.ts';
import { digitsFile, digitsLabels, digitsSamples } from './digits.ts';
import { PLAIN, noise } from './quantization-noise.ts';
import { samplesFor } from './runtime-pairs.ts';
import { singleOperators } from './single-operators.ts';

const calibration = digitsSamples('calibration.npz').map((sample) => [sample]);
const images = digitsSamples('test.npz').map((sample) => [sample]);

test('int16x8 is nearer to the floats than int8, as accurate, and runs on the runtime', async () => {
  const float = await readSource(digitsFile('model.h5'));
  const int8 = await noise(float, calibration, images);
  expect(await noise(float, calibration, images, { recipe: 'int16x8' })).toBeGreaterThan(int8 + 5);
  const built = await quantize(float, calibration, { ...PLAIN, recipe: 'int16x8' });
  const labels = digitsLabels();
  const right = (await runAll(built, images)).filter((values, at) => argmax(values) === labels[at]);
  expect(right.length / labels.length).toBeCloseTo(0.98995, 5);
  const activations = built.operators.flatMap(({ outputs }) => outputs).map((index) => built.tensors[index]!);
  expect(activations.map(({ name, type }) => `${name} ${type}`)).toMatchInlineSnapshot(`
    [
      "image/int16 int16",
      "relu1/relu int16",
      "pool1 int16",
      "conv2/relu int16",
      "pool2 int16",
      "flat int16",
      "probs int16",
      "probs/softmax/int16 int16",
      "probs/softmax float32",
    ]
  `);
});

test('int16x8 with one scale for a matrix product runs on TensorFlow 2.3', async () => {
  const float = await readSource(digitsFile('model.h5'));
  const built = await quantize(float, calibration, { ...PLAIN, recipe: 'int16x8', denseByChannel: false });
  expect(neededRuntime(built).version).toEqual([2, 3]);
});

test('a layer that is named computes in what it is told, and casts stand around it', async () => {
  const float = await readSource(digitsFile('model.h5'));
  const built = await quantize(float, calibration, {
    ...PLAIN,
    layers: { 'conv2*': 'float', pool2: 'int16x8' },
  });
  expect(
    built.operators.map(({ kind, outputs }) => {
      const { name, type } = built.tensors[outputs[0]!]!;
      return `${kind} ${name} ${type}`;
    }),
  ).toMatchInlineSnapshot(`
    [
      "QUANTIZE image/int8 int8",
      "CONV_2D relu1/relu int8",
      "MAX_POOL_2D pool1 int8",
      "DEQUANTIZE pool1/float32 float32",
      "CONV_2D conv2/relu float32",
      "QUANTIZE conv2/relu/int16 int16",
      "MAX_POOL_2D pool2 int16",
      "QUANTIZE pool2/int8 int8",
      "RESHAPE flat int8",
      "FULLY_CONNECTED probs int8",
      "SOFTMAX probs/softmax/int8 int8",
      "DEQUANTIZE probs/softmax float32",
    ]
  `);
  expect(await noise(float, calibration, images, { layers: { '*': 'float' } })).toBe(Infinity);
});

test('a pattern that fits no layer is refused, and so is what a recipe has no use for', async () => {
  const float = await readSource(digitsFile('model.h5'));
  await expect(
    quantize(float, calibration, { ...PLAIN, layers: { 'conv9*': 'float' } }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[UserError: no layer of the network makes "conv9*"; they make relu1/relu, pool1, conv2/relu, pool2, flat, probs, probs/softmax]`,
  );
  await expect(
    quantize(float, calibration, { ...PLAIN, recipe: 'dynamic', equalize: true }),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[UserError: the recipe dynamic quantizes no activations, so that equalize has no meaning]`,
  );
});

test('an activation that is compared with itself is brought to the other scale once, and every tensor has its own name', async () => {
  const builder = new GraphBuilder();
  const input = builder.tensor({ name: 'input', type: 'float32', shape: [1, 8] });
  const kernel = builder.constant(
    'dense/weights',
    [8, 8],
    Float32Array.from({ length: 64 }, (_, at) => at / 64 - 0.4),
  );
  const bias = builder.constant('dense/bias', [8], new Float32Array(8));
  const dense = builder.operator('FULLY_CONNECTED', 'dense', [input, kernel, bias], [1, 8], {});
  const most = builder.operator('MAXIMUM', 'most', [dense, input], [1, 8], {});
  const twice = builder.operator('CONCATENATION', 'twice', [most, dense, dense, input], [1, 32], { axis: 1 });
  const float = builder.graph([input], [twice]);
  const built = await quantize(float, samplesFor(float, 9, 10), PLAIN);
  const names = built.tensors.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(built.operators.map(({ kind, outputs }) => `${kind} ${built.tensors[outputs[0]!]!.name}`))
    .toMatchInlineSnapshot(`
    [
      "QUANTIZE input/int8",
      "FULLY_CONNECTED dense",
      "QUANTIZE dense/rescaled",
      "QUANTIZE input/rescaled",
      "MAXIMUM most",
      "QUANTIZE most/rescaled",
      "QUANTIZE input/rescaled_1",
      "CONCATENATION twice/int8",
      "DEQUANTIZE twice",
    ]
  `);
});

test.each([
  ['int8', true],
  ['int8', false],
  ['int16x8', true],
] as const)(
  'in %s, a bias far beyond what its weights add up to keeps its size (a scale for each row: %s)',
  async (recipe, denseByChannel) => {
    const builder = new GraphBuilder();
    const input = builder.tensor({ name: 'input', type: 'float32', shape: [1, 8] });
    const values = Float32Array.from({ length: 16 }, (_, at) =>
      denseByChannel && at < 8 ? 0.1 * at : at * 1e-30,
    );
    const kernel = builder.constant('weights', [2, 8], values);
    const bias = builder.constant('bias', [2], Float32Array.of(-0.25, 0.5));
    const dense = builder.operator('FULLY_CONNECTED', 'dense', [input, kernel, bias], [1, 2], {});
    const float = builder.graph([input], [dense]);
    const built = await quantize(float, samplesFor(float, 1, 20), { ...PLAIN, recipe, denseByChannel });
    const [[, made]] = (await runAll(built, samplesFor(float, 2, 1))) as unknown as [[number, number]];
    expect(made).toBeCloseTo(0.5, 1);
  },
);

test.each([
  ['int8', 30],
  ['int16x8', 38],
  ['dynamic', 34],
  ['float16', 60],
] as const)('by the recipe %s, every operator stays within %i dB of itself', async (recipe, least) => {
  for (const [name, float] of Object.entries(singleOperators(4))) {
    const options = { ...PLAIN, recipe };
    const decibels = await noise(float, samplesFor(float, 1, 40), samplesFor(float, 2, 8), options);
    expect([name, decibels > least ? 'near' : decibels]).toEqual([name, 'near']);
  }
});
