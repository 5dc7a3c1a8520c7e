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
  LEAKY_RELU: 2,
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
  TRANSPOSE: 4,
  MEAN: 3,
  SUB: 5,
  QUANTIZE: 2,
};

const RESIZES = new Set<OperatorKind>(['RESIZE_BILINEAR', 'RESIZE_NEAREST_NEIGHBOR']);

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
export function operatorVersion(operator: Operator, graph: Graph): number {
  const { kind, inputs, outputs, options } = operator;
  const input = graph.tensors[inputs[0]!]!;
  const output = graph.tensors[outputs[0]!]!;
  if (input.type === 'int16' || output.type === 'int16') return INT16_FROM[kind] ?? 1;
  if (kind === 'DEQUANTIZE' && input.type === 'float16') return 3;
  const weights = graph.tensors[inputs[1] ?? -1];
  const weighted = weights === undefined ? undefined : weightedVersion(kind, input, weights);
  if (weighted !== undefined) return weighted;
  if (RESIZES.has(kind) && (options['halfPixelCenters'] === true || options['alignCorners'] === true))
    return 3;
  return input.type === 'int8' || output.type === 'int8' ? (INT8_FROM[kind] ?? 1) : 1;
}
