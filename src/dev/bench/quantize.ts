// Benchmark: what recipes, observers and improvements make of networks whose int8 form is known: bytes, noise, accuracy. One is
// digits-cnn with channels of very different size, which computes the same as it does, bit for bit.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quantize, readSource, type QuantizeOptions } from '../../model/convert.ts';
import type { Graph } from '../../model/graph.ts';
import { argmax, sqnrDb } from '../../model/outputs.ts';
import { withFloats, floatsOf } from '../../model/passes/constants.ts';
import { runAll } from '../../model/run.ts';
import { readSamples, type Samples } from '../../model/samples.ts';
import { writeTflite } from '../../model/tflite/write.ts';

export interface QuantizeFigures {
  readonly network: string;
  readonly recipe: string;
  readonly bytes: number;
  /** Signal to quantization noise of the outputs before the last softmax, in dB; absent where nothing differs. */
  readonly sqnrDb?: number;
  /** On labelled samples, percent. */
  readonly accuracy: number;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const models = join(root, 'fleets/models');

const PLAIN: QuantizeOptions = { recipe: 'int8', io: 'float', denseByChannel: true };

const RECIPES: readonly (readonly [name: string, options: Partial<QuantizeOptions>])[] = [
  ['none', { recipe: 'none' }],
  ['float16', { recipe: 'float16' }],
  ['dynamic', { recipe: 'dynamic' }],
  ['int16x8', { recipe: 'int16x8' }],
  ['int8', {}],
  ['int8, corrected biases', { correctBias: true }],
  ['int8, equalized', { equalize: true }],
  ['int8, equalized, corrected biases', { equalize: true, correctBias: true }],
  ['int8, observer percentile', { observer: 'percentile' }],
  ['int8, observer mse', { observer: 'mse' }],
  ['int8, one scale for a matrix product', { denseByChannel: false }],
  ['int8, one scale, equalized', { denseByChannel: false, equalize: true }],
  ['int8, one scale, corrected biases', { denseByChannel: false, correctBias: true }],
];

const factor = (channel: number): number => 2 ** -((channel * 5) % 6);

/** Channels of digits-cnn's convolutions, made up to 32 times smaller, and the weights behind them larger. */
export function withUnevenChannels(graph: Graph): Graph {
  const tensors = [...graph.tensors];
  const layers = graph.operators.filter(({ kind }) => kind === 'CONV_2D' || kind === 'FULLY_CONNECTED');
  for (const [at, { inputs }] of layers.slice(0, -1).entries()) {
    const [, weights, bias] = inputs as readonly [number, number, number];
    const next = layers[at + 1]!.inputs[1]!;
    const channels = tensors[weights]!.shape[0]!;
    const each = floatsOf(tensors[weights]!)!.length / channels;
    const scale = (index: number, by: (at: number) => number): void => {
      const values = floatsOf(tensors[index]!)!.map((value, place) => value * by(place));
      tensors[index] = withFloats(tensors[index]!, values);
    };
    scale(weights, (place) => factor(Math.floor(place / each)));
    scale(bias, factor);
    scale(next, (place) => 1 / factor(place % channels));
  }
  return { ...graph, tensors };
}

/** Without its last softmax, which hides noise. */
const logitsOf = (graph: Graph): Graph =>
  graph.operators.at(-1)!.kind === 'SOFTMAX'
    ? { ...graph, operators: graph.operators.slice(0, -1), outputs: [graph.operators.at(-1)!.inputs[0]!] }
    : graph;

async function measure(
  network: string,
  { graph: float, calibration, evaluation }: Source,
): Promise<readonly QuantizeFigures[]> {
  const figures: QuantizeFigures[] = [];
  const exact = await runAll(float, evaluation.inputs);
  for (const [recipe, options] of RECIPES) {
    const built = await quantize(float, calibration.inputs, { ...PLAIN, ...options });
    const made = await runAll(built, evaluation.inputs);
    const noise = sqnrDb(exact.map((values, at) => [values, made[at]!]));
    const right = made.filter((values, at) => argmax(values) === evaluation.labels![at]).length;
    figures.push({
      network,
      recipe,
      bytes: writeTflite(built, '').byteLength,
      ...(Number.isFinite(noise) ? { sqnrDb: noise } : {}),
      accuracy: (100 * right) / made.length,
    });
  }
  return figures;
}

/** Everything of a reference network that is measured. */
async function read(folder: string, file: string): Promise<Source> {
  const graph = logitsOf(await readSource(join(models, folder, file)));
  const samples = (name: string): Samples => readSamples(join(models, folder), name, graph);
  return { graph, calibration: samples('calibration.npz'), evaluation: samples('test.npz') };
}

interface Source {
  readonly graph: Graph;
  readonly calibration: Samples;
  readonly evaluation: Samples;
}

/** Every recipe on the reference networks and on the uneven one. */
export async function benchQuantize(): Promise<readonly QuantizeFigures[]> {
  const digits = await read('digits-cnn', 'model.h5');
  const mnist = await read('mnist-cnn', 'pruned.h5');
  const uneven = { ...digits, graph: withUnevenChannels(digits.graph) };
  return [
    ...(await measure('digits-cnn', digits)),
    ...(await measure('digits-cnn with uneven channels', uneven)),
    ...(await measure('mnist-cnn, pruned', mnist)),
  ];
}

export const formatQuantizeBench = (figures: readonly QuantizeFigures[]): string =>
  [
    ...figures.map(
      ({ network, recipe, bytes, sqnrDb: noise, accuracy }) =>
        `  ${network}, ${recipe}: ${bytes} bytes, ${noise === undefined ? 'every bit' : `signal to noise ${noise.toFixed(1)} dB`}, accuracy ${accuracy.toFixed(2)} %`,
    ),
    ...gains(figures),
    '',
  ].join('\n');

/** What each improvement gains on plain int8, in dB. */
function gains(figures: readonly QuantizeFigures[]): readonly string[] {
  const noiseOf = (network: string, recipe: string): number =>
    figures.find((one) => one.network === network && one.recipe === recipe)?.sqnrDb ?? Infinity;
  const networks = [...new Set(figures.map(({ network }) => network))];
  return ['equalized', 'corrected biases', 'equalized, corrected biases'].map((improvement) => {
    const each = networks.map((network) => {
      const gain = noiseOf(network, `int8, ${improvement}`) - noiseOf(network, 'int8');
      return `${gain.toFixed(1)} dB on ${network}`;
    });
    return `  int8, ${improvement}, gains ${each.join('; ')}`;
  });
}
