import { expect, test } from 'vitest';
import { quantize, readSource, type QuantizeOptions } from '../../src/model/convert.ts';
import type { Graph } from '../../src/model/graph.ts';
import { GraphBuilder } from '../../src/model/graph-builder.ts';
import { argmax, sqnrDb } from '../../src/model/outputs.ts';
import { channelStatistics } from '../../src/model/quantize/channel-statistics.ts';
import { equalize } from '../../src/model/quantize/equalize.ts';
import { runAll } from '../../src/model/run.ts';
import { loadLiteRt } from '../../src/model/runtime/litert.ts';
import { FUSED, PADDING } from '../../src/model/tflite/operators.ts';
import { neededRuntime } from '../../src/model/tflite/runtime.ts';
import { digitsFile, digitsLabels, digitsSamples } from './digits.ts';
import { chance } from './random-network.ts';

type Samples = readonly (readonly Float32Array[])[];

const PLAIN = { recipe: 'int8', io: 'float', denseByChannel: true } as const;

/** Signal to quantization noise of a recipe's outputs, in dB, on samples that calibration did not see. */
async function noise(
  float: Graph,
  calibration: Samples,
  others: Samples,
  options: Partial<QuantizeOptions> = {},
): Promise<number> {
  const built = await quantize(float, calibration, { ...PLAIN, ...options });
  const [exact, made] = [await runAll(float, others), await runAll(built, others)];
  return sqnrDb(exact.map((values, index) => [values, made[index]!]));
}

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

/** Values between −1 and 1. */
const even = (seed: number, count: number, size: number): Samples => {
  const next = chance(seed);
  return Array.from({ length: count }, () => [Float32Array.from({ length: size }, () => 2 * next() - 1)]);
};

test.each(['percentile', 'mse'] as const)(
  'with one far value in a million in calibration, %s loses less than minmax',
  async (observer) => {
    const float = layered(1024, [16], 1, () => 1);
    const usual = even(1, 1000, 1024);
    const far = usual.with(7, [usual[7]![0]!.with(5, 60)]);
    const others = even(2, 50, 1024);
    const plain = await noise(float, far, others);
    expect(await noise(float, far, others, { observer })).toBeGreaterThan(plain + 8);
  },
);

/** Convolutions or matrix products one behind the other; channel `at` of the first is `factor(at)` times as large. */
function layered(
  inputs: number,
  widths: readonly number[],
  outputs: number,
  factor: (at: number) => number,
): Graph {
  const builder = new GraphBuilder();
  const next = chance(7);
  const input = builder.tensor({ name: 'input', type: 'float32', shape: [1, inputs] });
  const layer = (
    from: number,
    width: number,
    scale: (output: number, channel: number) => number,
    activation: number,
  ): number => {
    const channels = builder.at(from).shape[1]!;
    const name = `dense${from}`;
    const values = Float32Array.from(
      { length: width * channels },
      (_, at) => (next() - 0.4) * scale(Math.floor(at / channels), at % channels),
    );
    const weights = builder.constant(`${name}/weights`, [width, channels], values);
    const bias = builder.constant(
      `${name}/bias`,
      [width],
      Float32Array.from({ length: width }, (_, at) => 0.1 * scale(at, 0)),
    );
    return builder.operator('FULLY_CONNECTED', name, [from, weights, bias], [1, width], { activation });
  };
  let at = input;
  for (const width of widths) at = layer(at, width, (output) => factor(output), FUSED.RELU);
  return builder.graph([input], [layer(at, outputs, (_, channel) => 1 / factor(channel), FUSED.NONE)]);
}

const skewed = (at: number): number => 1.3 * 2 ** ((at % 12) - 6);

test('equalizing channels of very different size gains more than 20 dB, and keeps every bit of the floats', async () => {
  const float = layered(32, [24], 5, skewed);
  const [calibration, others] = [even(3, 1000, 32), even(4, 50, 32)];
  const plain = await noise(float, calibration, others);
  expect(await noise(float, calibration, others, { equalize: true })).toBeGreaterThan(plain + 20);
  const equal = equalize(float, await channelStatistics(float, calibration, await loadLiteRt()));
  expect(await runAll(equal, others)).toEqual(await runAll(float, others));
});

test('correcting biases gains more than 5 dB where inputs are far from zero on average and weights are coarse', async () => {
  const float = layered(64, [32], 8, (at) => (at % 8 === 0 ? 8 : 0.05));
  const positive = (seed: number, count: number): Samples =>
    even(seed, count, 64).map(([one]) => [one!.map((value) => 4 + value)]);
  const [calibration, others] = [positive(5, 1000), positive(6, 50)];
  const coarse = { denseByChannel: false };
  const plain = await noise(float, calibration, others, coarse);
  expect(await noise(float, calibration, others, { ...coarse, correctBias: true })).toBeGreaterThan(
    plain + 5,
  );
});

test('a factor passes a pool and a flattening, and stops at what bounds its values', async () => {
  const network = (activation: number): Graph => {
    const builder = new GraphBuilder();
    const input = builder.tensor({ name: 'input', type: 'float32', shape: [1, 4, 4, 1] });
    const kernel = builder.constant('conv/weights', [2, 1, 1, 1], Float32Array.of(1, 1 / 64));
    const bias = builder.constant('conv/bias', [2], Float32Array.of(0.5, 1 / 128));
    const options = { padding: PADDING.SAME, strideW: 1, strideH: 1, activation };
    const conv = builder.operator('CONV_2D', 'conv', [input, kernel, bias], [1, 4, 4, 2], options);
    const pool = builder.operator('MAX_POOL_2D', 'pool', [conv], [1, 2, 2, 2], {
      padding: PADDING.VALID,
      strideW: 2,
      strideH: 2,
      filterW: 2,
      filterH: 2,
      activation: FUSED.NONE,
    });
    const flat = builder.operator(
      'RESHAPE',
      'flat',
      [pool, builder.constant('flat/shape', [2], Int32Array.of(-1, 8))],
      [1, 8],
    );
    const dense = builder.constant('dense/weights', [1, 8], Float32Array.of(1, 64, 1, 64, 1, 64, 1, 64));
    const last = builder.constant('dense/bias', [1], Float32Array.of(0));
    return builder.graph(
      [input],
      [builder.operator('FULLY_CONNECTED', 'dense', [flat, dense, last], [1, 1], { activation: FUSED.NONE })],
    );
  };
  const pictures = even(8, 5, 16);
  const weightsOf = async (graph: Graph): Promise<readonly number[]> => {
    const equal = equalize(graph, await channelStatistics(graph, pictures, await loadLiteRt()));
    const { data } = equal.tensors.find(({ name }) => name === 'dense/weights')!;
    return [...new Float32Array(data!.slice().buffer)];
  };
  expect(await weightsOf(network(FUSED.RELU))).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  expect(await weightsOf(network(FUSED.RELU6))).toEqual([1, 64, 1, 64, 1, 64, 1, 64]);
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
  const built = await quantize(builder.graph([input], [twice]), even(9, 10, 8), PLAIN);
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
