// What an operator computes in, and what its kernels ask for.

import type { Operator, Quantization, TensorType } from '../graph.ts';
import type { OperatorKind } from '../tflite/operators.ts';
import type { Range } from './ranges.ts';
import { activationParameters, symmetricParameters } from './ranges.ts';

/** Of activations; `int16x8` has int16 activations and int8 weights. */
export type Precision = 'int8' | 'int16x8' | 'float';

export type PrecisionOf = (operator: Operator) => Precision;

export const TYPE_OF: Readonly<Record<Precision, TensorType>> = {
  int8: 'int8',
  int16x8: 'int16',
  float: 'float32',
};

type Integer = Exclude<Precision, 'float'>;

const byRange: Readonly<Record<Integer, (range: Range) => Quantization>> = {
  int8: activationParameters,
  int16x8: symmetricParameters,
};

export const parametersOf = (range: Range, precision: Integer): Quantization => byRange[precision](range);

const fixed = (scale: number, zeroPoint: number): Quantization => ({
  scale: [scale],
  zeroPoint: [zeroPoint],
  axis: 0,
});

/** Outputs whose parameters the kernels fix. */
export const FIXED: Readonly<Partial<Record<OperatorKind, Readonly<Record<Integer, Quantization>>>>> = {
  SOFTMAX: { int8: fixed(1 / 256, -128), int16x8: fixed(1 / 32_768, 0) },
  LOGISTIC: { int8: fixed(1 / 256, -128), int16x8: fixed(1 / 32_768, 0) },
  TANH: { int8: fixed(1 / 128, 0), int16x8: fixed(1 / 32_768, 0) },
};

/** The output has the parameters of the input. */
export const SAME_SCALE = new Set<OperatorKind>([
  'AVERAGE_POOL_2D',
  'MAX_POOL_2D',
  'RESHAPE',
  'PAD',
  'PADV2',
  'RESIZE_BILINEAR',
  'RESIZE_NEAREST_NEIGHBOR',
  'TRANSPOSE',
  'SQUEEZE',
  'EXPAND_DIMS',
  'SLICE',
  'STRIDED_SLICE',
  'GATHER',
  'SPLIT',
  'REDUCE_MAX',
]);

/** The kernels compare or copy codes: every input has the parameters of the output. */
export const ONE_SCALE = new Set<OperatorKind>(['CONCATENATION', 'MAXIMUM', 'MINIMUM', 'PACK']);

export const NO_INT8 = new Set<OperatorKind>(['DIV']);

/** Operators that every runtime since 2.6 has int16 kernels for. */
const INT16 = new Set<OperatorKind>([
  'ADD',
  'AVERAGE_POOL_2D',
  'CONCATENATION',
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'EXPAND_DIMS',
  'FULLY_CONNECTED',
  'LOGISTIC',
  'MAX_POOL_2D',
  'MEAN',
  'MUL',
  'PAD',
  'RESHAPE',
  'SOFTMAX',
  'SQUEEZE',
  'SUB',
  'TANH',
  'TRANSPOSE',
]);

/** What is computed where one precision is wanted: operators without an int16 kernel stay float, as the converter leaves them. */
export const available = (wanted: Precision, kind: OperatorKind): Precision =>
  wanted === 'int16x8' && !INT16.has(kind) ? 'float' : wanted;

/** Dimension of the weights that scales run along. */
export const CHANNEL_AXIS: Readonly<Partial<Record<OperatorKind, number>>> = {
  CONV_2D: 0,
  DEPTHWISE_CONV_2D: 3,
  FULLY_CONNECTED: 0,
  TRANSPOSE_CONV: 0,
};
