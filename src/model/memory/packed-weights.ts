// What XNNPACK, which runs LiteRT's kernels, keeps of an operator's weights: a second copy, in tiles of its inner loops.
// Sizes were found by walking the runtime's heap after loading networks of one operator (see test/model/memory.test.ts).

import type { Graph, Operator, Tensor } from '../graph.ts';
import { isPointwise, MOST_DEPTHWISE_TAPS } from './windows.ts';

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** Output channels in one tile of integer kernels, and input channels that they take at once. */
const INT8_TILE = 16;
const INT8_STEP = 4;
/** Beside each output channel: a 32-bit bias and a float scale; where activations are quantized while running, its sum too. */
const INT8_EXTRA = 8;
const DYNAMIC_EXTRA = 12;
const FLOAT_BYTES = 4;

/** Taps that depthwise kernels are written for. */
const DEPTHWISE_TAPS = [3, 4, 9, MOST_DEPTHWISE_TAPS] as const;

/** Bytes of one operator's packed weights; 0 where it has none, or where the runtime computes from the file. */
export function packedWeights(graph: Graph, operator: Operator): number {
  const { kind, inputs } = operator;
  if (kind === 'TRANSPOSE_CONV') return transposed(graph, operator);
  if (kind === 'RESIZE_BILINEAR') return ratios(graph, operator);
  const weights = graph.tensors[inputs[1] ?? -1];
  const input = graph.tensors[inputs[0]!]!;
  if (weights === undefined) return 0;
  if (kind === 'DEPTHWISE_CONV_2D') return depthwise(input, weights);
  if (kind === 'FULLY_CONNECTED' && weights.shape.length === 2)
    return tiled(input, weights, weights.shape[0]!, 1, weights.shape[1]!, true);
  if (kind === 'CONV_2D') {
    const [out, height, width, channels] = weights.shape as [number, number, number, number];
    return tiled(input, weights, out, height * width, channels, isPointwise(graph, operator));
  }
  return 0;
}

/** @param product whether it is a plain matrix product, whose float kernels have other tiles than those of windows */
function tiled(
  input: Tensor,
  weights: Tensor,
  out: number,
  taps: number,
  channels: number,
  product: boolean,
): number {
  if (weights.type === 'int8') {
    const extra = input.type === 'int8' ? INT8_EXTRA : DYNAMIC_EXTRA;
    return roundUp(out, INT8_TILE) * (taps * roundUp(channels, INT8_STEP) + extra);
  }
  const narrow = roundUp(out, 2) * (taps * roundUp(channels, 4) + 1) * FLOAT_BYTES;
  const wide = roundUp(out, 8) * (taps * channels + 1) * FLOAT_BYTES;
  return product || out <= 8 ? narrow : Math.max(narrow, wide);
}

function depthwise(input: Tensor, weights: Tensor): number {
  const [, height, width, channels] = weights.shape as [number, number, number, number];
  const tile = DEPTHWISE_TAPS.find((taps) => taps >= height * width);
  if (tile === undefined) return channels * tiled(input, weights, 1, height * width, 1, false);
  return weights.type === 'int8'
    ? roundUp(channels, INT8_TILE) * (tile + INT8_EXTRA)
    : roundUp(channels, 8) * (tile + 1) * FLOAT_BYTES;
}

/** Each of the stride's phases has its own part of the window, and its own biases. */
function transposed(graph: Graph, { inputs, options }: Operator): number {
  const weights = graph.tensors[inputs[1]!]!;
  const [out, height, width, channels] = weights.shape as [number, number, number, number];
  const phases = Number(options['strideH'] ?? 1) * Number(options['strideW'] ?? 1);
  const taps = height * width;
  return weights.type === 'int8'
    ? roundUp(out, INT8_TILE) * (taps * roundUp(channels, INT8_STEP) + phases * INT8_EXTRA)
    : roundUp(out, 8) * (taps * roundUp(channels, 4) + phases) * FLOAT_BYTES;
}

/** Between which pixels each new pixel lies: a share for each direction. */
function ratios(graph: Graph, { outputs }: Operator): number {
  const { shape, type } = graph.tensors[outputs[0]!]!;
  return shape[1]! * shape[2]! * 2 * (type === 'int8' ? 2 : FLOAT_BYTES);
}
