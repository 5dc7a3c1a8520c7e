// A network between reading and writing: TFLite-shaped operators over NHWC tensors.

import type { OperatorKind } from './tflite/operators.ts';

export type TensorType =
  | 'float32'
  | 'float16'
  | 'int32'
  | 'uint8'
  | 'int64'
  | 'string'
  | 'bool'
  | 'int16'
  | 'complex64'
  | 'int8'
  | 'float64';

/** real = (q − zeroPoint) × scale, for the whole tensor or for each index of `axis`. */
export interface Quantization {
  /** float32 values; one, or one for each index of `axis`. */
  readonly scale: readonly number[];
  readonly zeroPoint: readonly number[];
  /** Dimension that the scales run along, where there are several. */
  readonly axis: number;
}

export interface Tensor {
  readonly name: string;
  readonly type: TensorType;
  /** The batch is 1 where it is open. */
  readonly shape: readonly number[];
  /** Whether the first dimension may be another than 1 when run. */
  readonly openBatch?: boolean;
  /** Little-endian bytes of a constant. */
  readonly data?: Uint8Array;
  readonly quantization?: Quantization;
}

export type OptionValue = number | boolean | readonly number[];

export interface Operator {
  readonly kind: OperatorKind;
  /** Indices of tensors; −1 where an optional input is absent. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** By field of the operator's options table; a field that is absent has its default. */
  readonly options: Readonly<Record<string, OptionValue>>;
  /** Version of the operator; default: the lowest that covers its types. */
  readonly version?: number;
}

export interface Graph {
  readonly tensors: readonly Tensor[];
  /** In an order in which each operator's inputs exist. */
  readonly operators: readonly Operator[];
  /** Indices of tensors. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** How many elements a shape has. */
export const elements = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);
