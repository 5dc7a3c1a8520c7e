// Which version of an operator a graph needs: the lowest that the runtime accepts for its types.
// Source: google-ai-edge/LiteRT, tflite/converter/tools/versioning/op_version.cc.

import type { Graph, Operator, Tensor } from '../graph.ts';
import type { OperatorKind } from './operators.ts';

const INT8_FROM: Readonly<Partial<Record<OperatorKind, number>>> = {
  ADD: 2,
  AVERAGE_POOL_2D: 2,
  CONCATENATION: 2,
  DEQUANTIZE: 2,
  LOGISTIC: 2,
  MAX_POOL_2D: 2,
  MUL: 2,
  RELU: 2,
  RELU6: 2,
  SOFTMAX: 2,
  TANH: 2,
  PAD: 2,
  GATHER: 2,
  TRANSPOSE: 2,
  MEAN: 2,
  SUB: 2,
  STRIDED_SLICE: 2,
  SPLIT: 2,
  MAXIMUM: 2,
  MINIMUM: 2,
  PADV2: 2,
  SLICE: 2,
  TRANSPOSE_CONV: 2,
  SUM: 2,
  REDUCE_MAX: 2,
  PACK: 2,
  RESIZE_BILINEAR: 2,
  RESIZE_NEAREST_NEIGHBOR: 2,
  EXP: 2,
  RSQRT: 2,
  GELU: 2,
};

const INT16_FROM: Readonly<Partial<Record<OperatorKind, number>>> = {
  ADD: 3,
  AVERAGE_POOL_2D: 3,
  CONCATENATION: 3,
  CONV_2D: 4,
  DEPTHWISE_CONV_2D: 5,
  DEQUANTIZE: 3,
  FULLY_CONNECTED: 7,
  LOGISTIC: 3,
  MAX_POOL_2D: 3,
  MUL: 4,
  RELU: 3,
  RELU6: 3,
  RESHAPE: 1,
  SOFTMAX: 3,
  TANH: 3,
  PAD: 3,
  TRANSPOSE: 5,
  MEAN: 3,
  SUB: 5,
  QUANTIZE: 2,
};

/** Dimensions that the first kernels of most operators take. */
const RANK = 4;

const rankOf = ({ inputs }: Operator, { tensors }: Graph): number => tensors[inputs[0]!]!.shape.length;

const isSpread = ({ inputs }: Operator, { tensors }: Graph): boolean =>
  new Set(inputs.map((index) => tensors[index]!.shape.join())).size > 1;

const above =
  (rank: number, version: number): Feature =>
  (operator, graph) =>
    rankOf(operator, graph) > rank ? version : 1;

const spreadAbove =
  (version: number): Feature =>
  (operator, graph) =>
    isSpread(operator, graph) && operator.inputs.some((index) => graph.tensors[index]!.shape.length > RANK)
      ? version
      : 1;

const set = (operator: Operator, ...options: readonly string[]): boolean =>
  options.some((option) => Number(operator.options[option] ?? 0) !== 0);

/** The version that what is used of an operator asks for, beside its types. */
type Feature = (operator: Operator, graph: Graph) => number;

const FEATURES: Readonly<Partial<Record<OperatorKind, Feature>>> = {
  CONV_2D: ({ inputs }, { tensors }) =>
    tensors[inputs[1]!]!.shape.at(-1) === tensors[inputs[0]!]!.shape.at(-1) ? 1 : 6,
  DEPTHWISE_CONV_2D: ({ options }) =>
    Number(options['dilationW'] ?? 1) === 1 && Number(options['dilationH'] ?? 1) === 1 ? 1 : 2,
  DIV: spreadAbove(2),
  FULLY_CONNECTED: (operator) => ((operator.inputs[2] ?? -1) < 0 ? 6 : set(operator, 'keepDims') ? 5 : 1),
  MAXIMUM: spreadAbove(3),
  MINIMUM: spreadAbove(3),
  MUL({ inputs, outputs }, { tensors }) {
    const [a, b, to] = [...inputs, ...outputs].map((index) => tensors[index]!.quantization?.scale[0]);
    return a !== undefined && b !== undefined && to !== undefined && (a * b) / to >= 1 ? 3 : 1;
  },
  PAD: above(RANK, 4),
  PADV2: above(RANK, 4),
  RESIZE_BILINEAR: (operator) => (set(operator, 'halfPixelCenters') ? 3 : 1),
  RESIZE_NEAREST_NEIGHBOR: (operator) => (set(operator, 'halfPixelCenters', 'alignCorners') ? 3 : 1),
  SLICE: above(RANK, 5),
  STRIDED_SLICE: (operator, graph) =>
    set(operator, 'ellipsisMask', 'newAxisMask') ? 6 : above(RANK, 4)(operator, graph),
  SUB: spreadAbove(3),
  TRANSPOSE: (operator, graph) => Math.max(above(RANK, 4)(operator, graph), above(5, 6)(operator, graph)),
  TRANSPOSE_CONV: (operator) => (set(operator, 'activation') ? 4 : (operator.inputs[3] ?? -1) < 0 ? 1 : 3),
};

/** Convolutions and matrix products: int8 throughout, or weights alone (hybrid). */
function weightedVersion(kind: OperatorKind, input: Tensor, weights: Tensor): number | undefined {
  const perChannel = (weights.quantization?.scale.length ?? 0) > 1;
  const hybrid = input.type === 'float32' && weights.type === 'int8';
  const integer = input.type === 'int8';
  if (kind === 'CONV_2D') return integer ? 3 : hybrid ? (perChannel ? 5 : 2) : 1;
  if (kind === 'DEPTHWISE_CONV_2D') return integer ? 3 : hybrid ? (perChannel ? 6 : 4) : 1;
  if (kind === 'FULLY_CONNECTED') return integer ? 4 : hybrid ? (perChannel ? 12 : 3) : 1;
  return undefined;
}

/** @returns the version to write in the operator's code, from 1 */
export const operatorVersion = (operator: Operator, graph: Graph): number =>
  Math.max(typeVersion(operator, graph), FEATURES[operator.kind]?.(operator, graph) ?? 1);

function typeVersion({ kind, inputs, outputs }: Operator, { tensors }: Graph): number {
  const input = tensors[inputs[0]!]!;
  const output = tensors[outputs[0]!]!;
  if (input.type === 'int16' || output.type === 'int16') return INT16_FROM[kind] ?? 1;
  if (kind === 'DEQUANTIZE' && input.type === 'float16') return 3;
  const weights = tensors[inputs[1] ?? -1];
  const weighted = weights === undefined ? undefined : weightedVersion(kind, input, weights);
  if (weighted !== undefined) return weighted;
  return input.type === 'int8' || output.type === 'int8' ? (INT8_FROM[kind] ?? 1) : 1;
}
