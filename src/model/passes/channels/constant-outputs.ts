import type { Operator, Tensor } from '../../graph.ts';
import type { Known } from './constant-channels.ts';
import { clampOf, valuesOf, type Kernel } from './kernel.ts';
import { codeBetween } from './rounding.ts';

/** Constant output channels of a convolution or a matrix product. */
export function constantOutputs(
  operator: Operator,
  kernel: Kernel,
  tensors: readonly Tensor[],
  input: Known,
): Known {
  const output = tensors[operator.outputs[0]!]!;
  const biasTensor = tensors[operator.inputs[kernel.bias] ?? -1];
  const bias = biasTensor === undefined ? new Float32Array(kernel.outputs) : valuesOf(biasTensor);
  const clamp = clampOf(operator);
  const none: Known = Array.from({ length: kernel.outputs }, () => undefined);
  if (bias === undefined || clamp === undefined) return none;
  if (output.type === 'float32') {
    return none.map((_, channel) =>
      seesNothing(kernel, channel, input)
        ? Math.min(Math.max(bias[channel]!, clamp[0]), clamp[1])
        : undefined,
    );
  }
  const from = tensors[operator.inputs[kernel.input]!]!;
  if (output.type !== 'int8' || from.type !== 'int8') return none;
  const { scale: weightScales } = tensors[operator.inputs[kernel.weights]!]!.quantization!;
  const { scale: inputScale, zeroPoint } = from.quantization!;
  return none.map((_, channel) => {
    const [low, high] = sumsOf(kernel, channel, input, zeroPoint[0] ?? 0);
    const scale = inputScale[0]! * weightScales[channel % weightScales.length]!;
    const [least, most] = [scale * (bias[channel]! + low), scale * (bias[channel]! + high)];
    return codeBetween(least, most, output.quantization!, clamp);
  });
}

/** Channels of the input that an output is made of. */
function* channelsSeen({ multiplier, channels }: Kernel, output: number): Generator<number> {
  if (multiplier !== undefined) yield Math.floor(output / multiplier);
  else for (let channel = 0; channel < channels; channel++) yield channel;
}

/** Whether every product is zero: bias alone remains, in any order of sums. Inputs are taken to be finite. */
function seesNothing(kernel: Kernel, output: number, input: Known): boolean {
  for (const channel of channelsSeen(kernel, output)) {
    if (input[channel] === 0) continue;
    for (let tap = 0; tap < kernel.taps; tap++) {
      if (kernel.values[kernel.at(output, tap, channel)] !== 0) return false;
    }
  }
  return true;
}

/** Least and greatest sum of products that any codes can make, in whole numbers. */
function sumsOf(
  kernel: Kernel,
  output: number,
  input: Known,
  zeroPoint: number,
): readonly [low: number, high: number] {
  let [low, high] = [0, 0];
  for (const channel of channelsSeen(kernel, output)) {
    const code = input[channel];
    const [least, most] = [(code ?? -128) - zeroPoint, (code ?? 127) - zeroPoint];
    for (let tap = 0; tap < kernel.taps; tap++) {
      const weight = kernel.values[kernel.at(output, tap, channel)]!;
      if (weight === 0) continue;
      const [a, b] = weight > 0 ? [weight * least, weight * most] : [weight * most, weight * least];
      // What lies outside the input counts as zero.
      low += kernel.padded ? Math.min(a, 0) : a;
      high += kernel.padded ? Math.max(b, 0) : b;
    }
  }
  return [low, high];
}
