// Tensors as numbers: real ones, or codes.

import { elements, type Operator, type Tensor, type TensorType } from '../../graph.ts';
import { fromHalf } from '../../half.ts';
import { clampOf } from '../../passes/channels/kernel.ts';
import { nearestEven } from './rounding.ts';

export type Numbers = Float32Array | Int8Array | Int16Array | Int32Array | Float64Array;

/** How a type is kept: int64, of which biases use 40 bits, as doubles. */
const KEPT: Readonly<Partial<Record<TensorType, (count: number) => Numbers>>> = {
  float32: (count) => new Float32Array(count),
  int8: (count) => new Int8Array(count),
  int16: (count) => new Int16Array(count),
  int32: (count) => new Int32Array(count),
};

/** Whether there are arrays for what a tensor holds while the network runs. */
export const isKept = ({ type }: Tensor): boolean => KEPT[type] !== undefined;

export const emptyFor = ({ type, shape }: Tensor): Numbers => KEPT[type]!(elements(shape));

const READ: Readonly<Partial<Record<TensorType, (buffer: ArrayBuffer) => Numbers>>> = {
  float32: (buffer) => new Float32Array(buffer),
  float16: (buffer) => Float32Array.from(new Uint16Array(buffer), fromHalf),
  int8: (buffer) => new Int8Array(buffer),
  int16: (buffer) => new Int16Array(buffer),
  int32: (buffer) => new Int32Array(buffer),
  int64: (buffer) => Float64Array.from(new BigInt64Array(buffer), Number),
};

/** Numbers of raw bytes, which are copied; `undefined` for a type that has no arrays here. */
export const numbersOf = (type: TensorType, bytes: Uint8Array): Numbers | undefined =>
  READ[type]?.(new Uint8Array(bytes).buffer);

export const isFloat = ({ type }: Tensor): boolean => type === 'float32';

export const scaleOf = ({ quantization }: Tensor, channel = 0): number => {
  const { scale = [1] } = quantization ?? {};
  return scale[channel % scale.length]!;
};

export const zeroPointOf = ({ quantization }: Tensor): number => quantization?.zeroPoint[0] ?? 0;

/** Least and greatest code of a type. */
export const codesOf = ({ type }: Tensor): readonly [least: number, most: number] =>
  type === 'int16' ? [-32_768, 32_767] : [-128, 127];

/**
 * Bounds of what an operator writes: of its type, and of the activation built in. As codes where its output has these.
 */
export function boundsOf(operator: Operator, output: Tensor): readonly [low: number, high: number] {
  const [low, high] = clampOf(operator) ?? [-Infinity, Infinity];
  if (isFloat(output)) return [low, high];
  const [least, most] = codesOf(output);
  const code = (real: number): number =>
    nearestEven(Math.fround(Math.fround(real / scaleOf(output)) + zeroPointOf(output)));
  return [
    low === -Infinity ? least : Math.max(least, code(low)),
    high === Infinity ? most : Math.min(most, code(high)),
  ];
}
