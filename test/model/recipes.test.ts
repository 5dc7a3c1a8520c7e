import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantize, readSource, type Recipe } from '../../src/model/convert.ts';
import { judge } from '../../src/model/gates/index.ts';
import { DEFAULT_LIMITS } from '../../src/model/gates/gate.ts';
import { argmax } from '../../src/model/outputs.ts';
import { closed } from '../../src/model/quantize/calibrate.ts';
import { toHalf } from '../../src/model/quantize/float16.ts';
import { loadLiteRt } from '../../src/model/runtime/litert.ts';
import type { Graph } from '../../src/model/graph.ts';
import { operatorVersion } from '../../src/model/tflite/versions.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';
import { digitsFile, digitsLabels, digitsSamples } from './digits.ts';
import { samplesFor } from './runtime-pairs.ts';
import { singleOperators } from './single-operators.ts';

async function outputs(graph: Graph): Promise<readonly Float32Array[]> {
  const model = await (await loadLiteRt()).load(writeTflite(closed(graph), ''));
  const results: Float32Array[] = [];
  for (const sample of digitsSamples('test.npz')) {
    results.push(new Float32Array((await model.run([new Uint8Array(sample.buffer)]))[0]!.buffer));
  }
  model.dispose();
  return results;
}

/** Bytes that TensorFlow 2.21's converter needs for the same model and recipe. */
const OFFICIAL_BYTES: Readonly<Partial<Record<Recipe, number>>> = { none: 28_236, dynamic: 11_168 };

test.each(['none', 'float16', 'dynamic', 'int8'] as const)(
  'digits-cnn by the recipe %s passes every gate, in no more bytes than TensorFlow takes',
  async (recipe) => {
    const float = await readSource(digitsFile('model.h5'));
    const samples = digitsSamples('calibration.npz').map((sample) => [sample]);
    const built = await quantize(float, samples, { recipe, io: 'float', denseByChannel: true });
    const file = writeTflite(built, '');
    expect(file.byteLength).toBeLessThanOrEqual(OFFICIAL_BYTES[recipe] ?? Infinity);
    const [exact, made] = [await outputs(float), await outputs(built)];
    const results = judge({
      float,
      built,
      file,
      outputs: [
        {
          name: 'probs',
          labels: digitsLabels(),
          pairs: exact.map((values, index) => ({ float: values, built: made[index]! })),
        },
      ],
      parity: 0,
      layers: [],
      limits: DEFAULT_LIMITS,
    });
    expect(results.map(({ verdict, message }) => `${verdict}: ${message}`)).toMatchSnapshot();
    expect(argmax(made[0]!)).toBe(argmax(exact[0]!));
  },
);

/** The number that 16 bits stand for. */
const value = (half: number): number => {
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  return exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
};

test('a float16 is the nearest to its number: no neighbour is nearer', () => {
  fc.assert(
    fc.property(fc.float({ min: 0, max: 65_504, noNaN: true }), (number) => {
      const half = toHalf(number);
      const error = Math.abs(value(half) - number);
      const neighbours = [half - 1, half + 1].filter((other) => other >= 0 && other < 0x7c00);
      const nearest = Math.min(...neighbours.map((other) => Math.abs(value(other) - number)));
      expect(nearest).toBeGreaterThanOrEqual(error);
    }),
  );
  expect([toHalf(-1), toHalf(70_000), toHalf(-0), toHalf(NaN), toHalf(5.96e-8)]).toEqual([
    0xbc00, 0x7c00, 0x8000, 0x7e00, 1,
  ]);
});

test('each operator has the lowest version that its types and options ask for', async () => {
  const versions: string[] = [];
  for (const [name, float] of Object.entries(singleOperators(7))) {
    const of = async (recipe: Recipe): Promise<number> => {
      const samples = samplesFor(float, 1, 4);
      const built = await quantize(float, samples, { recipe, io: 'int8', denseByChannel: true });
      return operatorVersion(built.operators.at(-1)!, built);
    };
    versions.push(`${name}: ${await of('none')}, int8 ${await of('int8')}`);
  }
  expect(versions.join('\n')).toMatchInlineSnapshot(`
    "ADD, then RELU: 1, int8 2
    ADD of a constant: 1, int8 2
    AVERAGE_POOL_2D: 1, int8 2
    AVERAGE_POOL_2D, then RELU6: 1, int8 2
    CONCATENATION: 1, int8 2
    CONV_2D with strides: 1, int8 3
    CONV_2D with dilation, then RELU6: 1, int8 3
    CONV_2D without padding, then RELU: 1, int8 3
    DEPTHWISE_CONV_2D of two outputs a channel: 1, int8 3
    ELU: 1, int8 1
    EXP: 1, int8 2
    EXPAND_DIMS: 1, int8 1
    FULLY_CONNECTED: 1, int8 4
    GATHER: 1, int8 2
    GELU: 1, int8 2
    GELU, approximate: 1, int8 2
    HARD_SWISH: 1, int8 1
    LEAKY_RELU: 1, int8 1
    LOGISTIC: 1, int8 2
    MAXIMUM: 1, int8 2
    MAX_POOL_2D: 1, int8 2
    MEAN: 1, int8 2
    MINIMUM: 1, int8 2
    MUL, then RELU6: 1, int8 2
    MUL by a constant: 1, int8 2
    PACK: 1, int8 2
    PAD: 1, int8 2
    PRELU: 1, int8 1
    REDUCE_MAX: 1, int8 2
    RELU: 1, int8 2
    RELU6: 1, int8 2
    RESIZE_BILINEAR: 1, int8 2
    RESIZE_BILINEAR by corners: 1, int8 2
    RESIZE_BILINEAR by centres: 3, int8 3
    RESIZE_NEAREST_NEIGHBOR: 1, int8 2
    RESIZE_NEAREST_NEIGHBOR by corners: 3, int8 3
    SLICE: 1, int8 2
    SOFTMAX: 1, int8 2
    SQUEEZE: 1, int8 1
    STRIDED_SLICE: 1, int8 2
    STRIDED_SLICE that drops a dimension: 1, int8 2
    SUB: 1, int8 2
    SUB of a constant: 1, int8 2
    SUM: 1, int8 2
    TANH: 1, int8 2
    TRANSPOSE: 1, int8 2
    TRANSPOSE_CONV with a bias: 3, int8 3
    FULLY_CONNECTED without a bias: 6, int8 6
    FULLY_CONNECTED of every pixel: 5, int8 5
    TRANSPOSE of five dimensions: 4, int8 4
    TRANSPOSE_CONV: 1, int8 2"
  `);
});
