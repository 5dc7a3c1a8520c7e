import { createHash } from 'node:crypto';
import { assert, asyncProperty, constantFrom, integer } from 'fast-check';
import { expect, test } from 'vitest';
import { quantize, readSource, type QuantizeOptions, type Recipe } from '../../src/model/convert.ts';
import type { Graph, Tensor } from '../../src/model/graph.ts';
import { removeDeadChannels } from '../../src/model/passes/dead-channels.ts';
import { closed } from '../../src/model/quantize/calibrate.ts';
import { runOutputs } from '../../src/model/run.ts';
import { profile } from '../../src/model/runtime/runtime.ts';
import { reference, referenceWithoutXnnpack } from '../../src/model/runtime/reference/reference.ts';
import type { OperatorKind } from '../../src/model/tflite/operators.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';
import { anyNetwork } from './any-network.ts';
import { digitsFile, digitsSamples } from './digits.ts';
import { prunedBlock, randomNetwork } from './random-network.ts';
import { activationsOfBoth, samplesFor, type Pair } from './runtime-pairs.ts';
import { singleOperators } from './single-operators.ts';

const BARE = { io: 'int8', denseByChannel: true } as const;

const built = (
  float: Graph,
  seed: number,
  recipe: Recipe,
  options: Partial<QuantizeOptions> = {},
): Promise<Graph> =>
  quantize(float, recipe === 'none' ? [] : samplesFor(float, seed, 6), { ...BARE, recipe, ...options });

const differing = ({ liteRt, ours }: Pair): number =>
  Array.from(liteRt).filter((value, at) => value !== ours[at]).length;

/** Farthest distance, as a share of the largest number. */
function farthest({ liteRt, ours }: Pair): number {
  const largest = Array.from(liteRt).reduce(
    (most, value) => Math.max(most, Math.abs(value)),
    Number.MIN_VALUE,
  );
  return (
    Array.from(liteRt).reduce((most, value, at) => Math.max(most, Math.abs(value - ours[at]!)), 0) / largest
  );
}

test.each(['int8', 'int16x8'] as const)(
  'by the recipe %s, every code of every activation of random networks is that of LiteRT',
  async (recipe) => {
    const networks = constantFrom(randomNetwork, anyNetwork);
    await assert(
      asyncProperty(integer(), networks, integer({ min: 1, max: 4 }), async (seed, make, blocks) => {
        const graph = await built(make(seed, blocks), seed, recipe, { denseByChannel: seed % 2 === 0 });
        for (const pair of await activationsOfBoth(graph, seed)) {
          // What stays float may differ in its last bits, and with it what comes after.
          if (pair.tensor.type === 'float32') break;
          expect([pair.made, differing(pair)]).toEqual([pair.made, 0]);
        }
      }),
      { numRuns: 40 },
    );
  },
  60_000,
);

const OPERATORS = Object.keys(singleOperators(7));
const NO_CODES = new Set(['RSQRT', 'DIV']);

test.each(OPERATORS.filter((name) => !NO_CODES.has(name)))(
  'int8 %s has every code of LiteRT',
  async (name) => {
    for (const seed of [7, 8, 9]) {
      const pairs = await activationsOfBoth(await built(singleOperators(seed)[name]!, seed, 'int8'), seed);
      expect(pairs.map((pair) => [pair.made, differing(pair)])).toEqual(pairs.map(({ made }) => [made, 0]));
    }
  },
);

test('float operators are those of LiteRT to the last bits: within a millionth of the largest number', async () => {
  for (const [name, float] of Object.entries(singleOperators(7))) {
    const far = Math.max(...(await activationsOfBoth(float, 3)).map(farthest));
    expect([name, far < 1e-6]).toEqual([name, true]);
  }
});

test('casts from float to int8 and back have every bit of LiteRT', async () => {
  const graph = await built(randomNetwork(1, 2), 1, 'int8', { io: 'float' });
  const pairs = await activationsOfBoth(graph, 1);
  expect([pairs[0]!.made, pairs.at(-1)!.made]).toEqual(['QUANTIZE int8', 'DEQUANTIZE float32']);
  expect(pairs.map(differing)).toEqual(pairs.map(() => 0));
});

/** An operator on codes whose inputs and output have these scales. */
function ofScales(
  kind: OperatorKind,
  scales: readonly number[],
  to: number,
  options: Graph['operators'][0]['options'] = {},
): Graph {
  const tensor = (name: string, scale: number): Tensor => ({
    name,
    type: 'int8',
    shape: [1, 64],
    quantization: { scale: [Math.fround(scale)], zeroPoint: [3], axis: 0 },
  });
  return {
    tensors: [...scales.map((scale, at) => tensor(`in${at}`, scale)), tensor('out', to)],
    operators: [{ kind, inputs: [...scales.keys()], outputs: [scales.length], options }],
    inputs: [...scales.keys()],
    outputs: [scales.length],
  };
}

test('where scales are too far apart for XNNPACK, codes are those of the kernels that stand in', async () => {
  const graphs = [
    ofScales('ADD', [1, 0.3], 0.001),
    ofScales('SUB', [0.0003, 0.4], 0.7),
    ofScales('MUL', [0.001, 0.002], 0.9),
    ofScales('QUANTIZE', [0.003], 1),
    ofScales('QUANTIZE', [1], 0.003),
    ofScales('LEAKY_RELU', [1], 0.9, { alpha: 0.001 }),
    ofScales('LEAKY_RELU', [0.1], 0.12, { alpha: -0.7 }),
  ];
  for (const graph of graphs) {
    const [pair] = await activationsOfBoth(graph, 5);
    expect([pair!.made, differing(pair!)]).toEqual([pair!.made, 0]);
  }
});

test('without XNNPACK, an operator is at most one code away', async () => {
  for (const [name, float] of Object.entries(singleOperators(7))) {
    if (NO_CODES.has(name)) continue;
    const graph = closed(await built(float, 1, 'int8'));
    // One operator alone: what comes after another may be farther.
    if (graph.operators.length > 1) continue;
    const file = writeTflite(graph, '');
    const input = Uint8Array.from({ length: 256 }, (_, at) => at);
    const [delegated, own] = await Promise.all(
      [reference, referenceWithoutXnnpack].map(
        async (runtime) => (await (await runtime.load(file)).run([input]))[0]!,
      ),
    );
    const far = new Int8Array(delegated!.buffer).map((code, at) =>
      Math.abs(code - new Int8Array(own!.buffer)[at]!),
    );
    expect([name, Math.max(...far) <= 1]).toEqual([name, true]);
  }
});

test('the int8 digits-cnn gives the codes that TensorFlow 2.21 gives on all test images', async () => {
  const samples = digitsSamples('calibration.npz').map((sample) => [sample]);
  const graph = await quantize(await readSource(digitsFile('model.h5')), samples, {
    ...BARE,
    recipe: 'int8',
  });
  const { scale, zeroPoint } = graph.tensors[graph.outputs[0]!]!.quantization!;
  const images = digitsSamples('test.npz').map((sample) => [sample]);
  const codes = (await runOutputs(graph, images, reference)).flatMap(([values]) =>
    Array.from(values!, (value) => value / scale[0]! + zeroPoint[0]!),
  );
  const digest = createHash('sha256').update(Int8Array.from(codes)).digest('hex').slice(0, 16);
  expect(digest).toBe('36817a31ce7d10ae');
});

test('a network without its dead channels gives the same codes', async () => {
  const graph = await built(prunedBlock(), 1, 'int8');
  const pruned = removeDeadChannels(graph);
  expect(pruned.channels).toBeGreaterThan(0);
  const samples = samplesFor(graph, 2, 8);
  const [before, after] = [
    await runOutputs(graph, samples, reference),
    await runOutputs(pruned.graph, samples, reference),
  ];
  expect(after).toEqual(before);
});

test('it is loaded, described, measured and run as LiteRT is', async () => {
  const graph = closed(await built(singleOperators(7)['MEAN']!, 1, 'int8'));
  const model = await reference.load(writeTflite(graph, ''));
  expect(model.inputs).toEqual([{ name: 'input', type: 'int8', shape: [1, 8, 8, 4], bytes: 256 }]);
  expect(model.outputs).toEqual([{ name: 'mean', type: 'int8', shape: [1, 4], bytes: 4 }]);
  expect((await profile(model)).medianMs).toBeGreaterThan(0);
  await expect(model.run([new Uint8Array(255)])).rejects.toThrow('input input takes 256 bytes, got 255');
});

test('what has no kernel is refused by name when it is loaded', async () => {
  const refusal = async (graph: Graph): Promise<string> =>
    reference.load(writeTflite(closed(graph), '')).then(
      () => 'accepted',
      (error: unknown) => String(error),
    );
  const float = await readSource(digitsFile('model.h5'));
  expect(await refusal(await built(float, 1, 'dynamic'))).toMatchInlineSnapshot(
    `"UserError: there is no reference kernel for CONV_2D from float32 to float32 with weights of int8, which makes conv2/relu"`,
  );
  expect(await refusal(ofScales('RSQRT', [1], 1))).toMatchInlineSnapshot(
    `"UserError: there is no reference kernel for RSQRT of int8, which makes out"`,
  );
  expect(await refusal(ofScales('MAXIMUM', [1, 2], 1))).toMatchInlineSnapshot(
    `"UserError: there is no reference kernel for MAXIMUM of codes with several scales, which makes out"`,
  );
  const bytes = ofScales('RELU', [1], 1);
  const unsigned = bytes.tensors.map((tensor): Tensor => ({ ...tensor, type: 'uint8' }));
  expect(await refusal({ ...bytes, tensors: unsigned })).toMatchInlineSnapshot(
    `"UserError: there is no reference kernel for RELU to uint8, which makes out"`,
  );
});
