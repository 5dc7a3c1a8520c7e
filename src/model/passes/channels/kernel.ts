import type { Operator, Tensor } from '../../graph.ts';
import { FUSED, PADDING, type OperatorKind } from '../../tflite/operators.ts';

/** The weights of a convolution or a matrix product, as numbers by output, place in the window, and channel of the input. */
export interface Kernel {
  /** Positions among the operator's inputs. */
  readonly input: number;
  readonly weights: number;
  readonly bias: number;
  readonly outputs: number;
  readonly channels: number;
  /** Places in the window. */
  readonly taps: number;
  /** Dimensions of the weights that run over outputs and over channels of the input. */
  readonly outputAxis: number;
  readonly inputAxis: number | undefined;
  /** Each output sees one channel: how many outputs a channel has. `undefined`: each output sees all. */
  readonly multiplier: number | undefined;
  /** Whether a place in the window may lie outside the input, where it counts as zero. */
  readonly padded: boolean;
  /** Floats or codes; a code of 0 is the number 0. */
  readonly values: Float32Array | Int8Array | Int32Array;
  /** Index into `values`. */
  at(output: number, tap: number, channel: number): number;
}

type Layout = Pick<Kernel, 'outputs' | 'taps' | 'outputAxis' | 'inputAxis' | 'multiplier' | 'at'>;

/** From the shape of the weights. @returns `undefined` for groups of channels */
const LAYOUTS: Readonly<
  Partial<Record<OperatorKind, (shape: readonly number[], channels: number) => Layout | undefined>>
> = {
  CONV_2D: convolution,
  TRANSPOSE_CONV: convolution,
  DEPTHWISE_CONV_2D([, height = 1, width = 1, outputs = 1], channels) {
    return {
      outputs,
      taps: height * width,
      outputAxis: 3,
      inputAxis: undefined,
      multiplier: outputs / channels,
      at: (output, tap) => tap * outputs + output,
    };
  },
  FULLY_CONNECTED([outputs = 1, features = 1], channels) {
    // The input may be a picture that the product flattens.
    if (features % channels !== 0) return undefined;
    return {
      outputs,
      taps: features / channels,
      outputAxis: 0,
      inputAxis: 1,
      multiplier: undefined,
      at: (output, tap, channel) => output * features + tap * channels + channel,
    };
  },
};

function convolution(
  [outputs = 1, height = 1, width = 1, each]: readonly number[],
  channels: number,
): Layout | undefined {
  if (each !== channels) return undefined;
  const taps = height * width;
  return {
    outputs,
    taps,
    outputAxis: 0,
    inputAxis: 3,
    multiplier: undefined,
    at: (output, tap, channel) => (output * taps + tap) * channels + channel,
  };
}

/** @returns `undefined` for another operator, for weights that are no constant, and for groups of channels */
export function kernelOf(
  { kind, inputs, options }: Operator,
  tensors: readonly Tensor[],
): Kernel | undefined {
  const transposed = kind === 'TRANSPOSE_CONV';
  const [input, weights, bias] = transposed ? [2, 1, 3] : [0, 1, 2];
  const kernel = tensors[inputs[weights] ?? -1];
  const values = kernel && valuesOf(kernel);
  if (kernel === undefined || values === undefined) return undefined;
  const channels = tensors[inputs[input]!]!.shape.at(-1)!;
  const layout = LAYOUTS[kind]?.(kernel.shape, channels);
  if (layout === undefined) return undefined;
  const slides = kind !== 'FULLY_CONNECTED' && layout.taps > 1 && options['padding'] !== PADDING.VALID;
  // Of a transposed one, which places of the window meet depends on the place in the output.
  return { ...layout, input, weights, bias, channels, values, padded: slides || transposed };
}

/** Look at every weight: its index, the channel of the input and the output that it stands between. */
export function eachWeight(kernel: Kernel, see: (at: number, channel: number, output: number) => void): void {
  const { multiplier, outputs, taps, channels } = kernel;
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < taps; tap++) {
      if (multiplier !== undefined) see(kernel.at(output, tap, 0), Math.floor(output / multiplier), output);
      else
        for (let channel = 0; channel < channels; channel++)
          see(kernel.at(output, tap, channel), channel, output);
    }
  }
}

/** The values of a constant: real numbers, or codes. */
export function valuesOf({ type, data }: Tensor): Float32Array | Int8Array | Int32Array | undefined {
  if (data === undefined) return undefined;
  // A file's constants need not be aligned.
  const { buffer } = new Uint8Array(data);
  if (type === 'float32') return new Float32Array(buffer);
  if (type === 'int8') return new Int8Array(buffer);
  return type === 'int32' ? new Int32Array(buffer) : undefined;
}

const CLAMPS: Readonly<Record<number, readonly [low: number, high: number]>> = {
  [FUSED.NONE]: [-Infinity, Infinity],
  [FUSED.RELU]: [0, Infinity],
  [FUSED.RELU6]: [0, 6],
  [FUSED.RELU_N1_TO_1]: [-1, 1],
};

/** Least and greatest value that the activation built into an operator lets through; `undefined` where it is a curve. */
export const clampOf = ({ options }: Operator): readonly [low: number, high: number] | undefined =>
  CLAMPS[Number(options['activation'] ?? FUSED.NONE)];
