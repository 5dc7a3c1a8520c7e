// Which channels of an operator's inputs and outputs are one and the same: to remove one is to remove the other.

import type { Operator, Tensor } from '../../graph.ts';
import type { OperatorKind } from '../../tflite/operators.ts';
import { kernelOf, valuesOf } from './kernel.ts';

export interface ChannelPair {
  /** Index of the tensor, among the operator's inputs. */
  readonly input: number;
  readonly from: number;
  readonly output: number;
  readonly to: number;
}

type Relate = (operator: Operator, tensors: readonly Tensor[]) => readonly ChannelPair[] | undefined;

/**
 * Pairs of channels, of activations alone; none for what mixes channels freely (convolutions and matrix products).
 * @returns `undefined` where the operator needs all channels of all that it touches, or nothing is known of it
 */
export const channelPairs: Relate = (operator, tensors) => RELATIONS[operator.kind]?.(operator, tensors);

const channelsOf = ({ shape }: Tensor): number => shape.at(-1) ?? 1;

/** Channel for channel, of one input. */
const same =
  (position: number): Relate =>
  ({ inputs, outputs: [output] }, tensors) => {
    const input = inputs[position]!;
    const channels = channelsOf(tensors[input]!);
    if (channels !== channelsOf(tensors[output!]!)) return undefined;
    return Array.from({ length: channels }, (_, at) => ({ input, from: at, output: output!, to: at }));
  };

/** Both operands where they have as many channels as the output; one that is spread over all channels is not paired. */
const binary: Relate = (operator, tensors) =>
  operator.inputs.flatMap((index, position) => {
    const { data } = tensors[index]!;
    return data === undefined ? (same(position)(operator, tensors) ?? []) : [];
  });

const integers = (tensor: Tensor | undefined): readonly number[] | undefined => {
  const values = tensor && valuesOf(tensor);
  return values === undefined ? undefined : [...values];
};

const reduced: Relate = (operator, tensors) => {
  const { length: rank } = tensors[operator.inputs[0]!]!.shape;
  const axes = integers(tensors[operator.inputs[1]!]);
  if (axes === undefined || axes.some((axis) => axis === -1 || axis === rank - 1)) return undefined;
  return same(0)(operator, tensors);
};

const padded: Relate = (operator, tensors) => {
  const amounts = integers(tensors[operator.inputs[1]!]);
  return amounts === undefined || amounts.slice(-2).some((amount) => amount !== 0)
    ? undefined
    : same(0)(operator, tensors);
};

const transposed: Relate = (operator, tensors) => {
  const order = integers(tensors[operator.inputs[1]!]);
  return order?.at(-1) === order!.length - 1 ? same(0)(operator, tensors) : undefined;
};

/** The values stay in their order, so that channel numbers count on: those of the wider repeat those of the narrower. */
const reshaped: Relate = ({ inputs: [input], outputs: [output] }, tensors) => {
  const [a, b] = [channelsOf(tensors[input!]!), channelsOf(tensors[output!]!)];
  if (a % b !== 0 && b % a !== 0) return undefined;
  return Array.from({ length: Math.max(a, b) }, (_, at) => ({
    input: input!,
    from: at % a,
    output: output!,
    to: at % b,
  }));
};

const joined: Relate = (operator, tensors) => {
  const { inputs, outputs, options } = operator;
  const output = outputs[0]!;
  if (inputs.some((index) => tensors[index]!.data !== undefined)) return undefined;
  const axis = Number(options['axis'] ?? 0);
  if (axis !== -1 && axis !== tensors[output]!.shape.length - 1)
    return inputs.flatMap((_, position) => same(position)(operator, tensors) ?? []);
  let start = 0;
  return inputs.flatMap((input) => {
    const channels = channelsOf(tensors[input]!);
    const first = start;
    start += channels;
    return Array.from({ length: channels }, (_, at) => ({ input, from: at, output, to: first + at }));
  });
};

const weighted: Relate = (operator, tensors) => {
  const kernel = kernelOf(operator, tensors);
  if (kernel === undefined) return undefined;
  const { multiplier } = kernel;
  const input = operator.inputs[kernel.input]!;
  const output = operator.outputs[0]!;
  if (multiplier === undefined) return [];
  return Array.from({ length: kernel.outputs }, (_, at) => ({
    input,
    from: Math.floor(at / multiplier),
    output,
    to: at,
  }));
};

const RELATIONS: Readonly<Partial<Record<OperatorKind, Relate>>> = {
  CONV_2D: weighted,
  DEPTHWISE_CONV_2D: weighted,
  FULLY_CONNECTED: weighted,
  TRANSPOSE_CONV: weighted,
  ADD: binary,
  SUB: binary,
  MUL: binary,
  DIV: binary,
  MAXIMUM: binary,
  MINIMUM: binary,
  PRELU: same(0),
  RELU: same(0),
  RELU6: same(0),
  LEAKY_RELU: same(0),
  ELU: same(0),
  GELU: same(0),
  HARD_SWISH: same(0),
  LOGISTIC: same(0),
  TANH: same(0),
  EXP: same(0),
  QUANTIZE: same(0),
  DEQUANTIZE: same(0),
  AVERAGE_POOL_2D: same(0),
  MAX_POOL_2D: same(0),
  RESIZE_BILINEAR: same(0),
  RESIZE_NEAREST_NEIGHBOR: same(0),
  MEAN: reduced,
  SUM: reduced,
  REDUCE_MAX: reduced,
  PAD: padded,
  TRANSPOSE: transposed,
  RESHAPE: reshaped,
  SQUEEZE: reshaped,
  EXPAND_DIMS: reshaped,
  CONCATENATION: joined,
};
