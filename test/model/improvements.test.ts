import { expect, test } from 'vitest';
import { withUnevenChannels } from '../../src/dev/bench/quantize.ts';
import { readSource } from '../../src/model/convert.ts';
import type { Graph } from '../../src/model/graph.ts';
import { GraphBuilder } from '../../src/model/graph-builder.ts';
import { channelStatistics } from '../../src/model/quantize/channel-statistics.ts';
import { equalize } from '../../src/model/quantize/equalize.ts';
import { runAll } from '../../src/model/run.ts';
import { loadLiteRt } from '../../src/model/runtime/litert.ts';
import { FUSED, PADDING } from '../../src/model/tflite/operators.ts';
import { digitsFile, digitsSamples } from './digits.ts';
import { noise, type Samples } from './quantization-noise.ts';
import { chance } from './random-network.ts';

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

test('equalizing digits-cnn whose channels were made uneven gives back what that costs in int8', async () => {
  const from = (file: 'calibration.npz' | 'test.npz'): Samples =>
    digitsSamples(file).map((sample) => [sample]);
  const [calibration, images] = [from('calibration.npz'), from('test.npz')];
  const float = await readSource(digitsFile('model.h5'));
  const uneven = withUnevenChannels(float);
  expect(await runAll(uneven, images)).toEqual(await runAll(float, images));
  const [plain, worse] = [await noise(float, calibration, images), await noise(uneven, calibration, images)];
  expect(worse).toBeLessThan(plain - 10);
  expect(await noise(uneven, calibration, images, { equalize: true })).toBeGreaterThan(plain - 1);
});
