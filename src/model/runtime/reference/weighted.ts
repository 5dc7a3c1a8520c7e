// Convolutions and matrix products.

import { elements, type Tensor } from '../../graph.ts';
import { constantAt, unsupported, type Kernel, type Step } from './kernel.ts';
import { boundsOf, isFloat, scaleOf, zeroPointOf, type Numbers } from './numbers.ts';
import { clamp, factorOf, nearestAway, nearestEven, rescale, rescaleWide } from './rounding.ts';
import { transposedWindowsOf, windowsOf, type Meeting, type Windows } from './windows.ts';

/** Input, weights and output that belong together. */
const TYPES = new Set(['float32 float32 float32', 'int8 int8 int8', 'int16 int8 int16']);

/**
 * Products are added up one after the other, beginning with the bias: row by row of the window, column by column, channel by
 * channel. Of codes the order is of no matter; floats are rounded to float32 after each product and after each sum.
 */
export const weighted: Kernel = (step) => {
  const transposed = step.operator.kind === 'TRANSPOSE_CONV';
  const [from, weights, biases] = transposed ? [2, 1, 3] : [0, 1, 2];
  const [input, kernel, output] = [step.inputs[from]!, step.inputs[weights]!, step.outputs[0]!];
  const types = [input.type, kernel.type, output.type];
  if (!TYPES.has(types.join(' ')))
    throw unsupported(step, ` from ${types[0]!} to ${types[2]!} with weights of ${types[1]!}`);
  const values = constantAt(step, weights);
  const bias = step.constants[biases];
  if (step.inputs[biases] !== undefined && bias === undefined) constantAt(step, biases);
  const layout = layoutOf(step, input, kernel, output);
  const sum = isFloat(output) ? sumOfFloats : sumOfCodes;
  const offset = zeroPointOf(input);
  const finish = finisher(step, input, kernel);
  return (inputs, [made]) => {
    let at = 0;
    for (const down of layout.windows.down) {
      for (const across of layout.windows.across) {
        for (let channel = 0; channel < layout.outputs; channel++) {
          const start = bias?.[channel] ?? 0;
          made![at++] = finish(
            sum(layout, inputs[from]!, offset, values, start, channel, down, across),
            channel,
          );
        }
      }
    }
  };
};

/** Where a weight stands: output × outputStep + tap × tapStep + channel. */
interface Layout {
  readonly windows: Windows;
  /** Places of the window in a row, and pixels of the input. */
  readonly wide: number;
  readonly width: number;
  readonly outputs: number;
  readonly outputStep: number;
  readonly tapStep: number;
  /** Numbers in a pixel of the input, and how many of them an output sees. */
  readonly channels: number;
  readonly seen: number;
  /** Outputs for each channel, where one sees a single channel. */
  readonly multiplier: number;
}

function layoutOf(step: Step, input: Tensor, { shape }: Tensor, output: Tensor): Layout {
  const { kind } = step.operator;
  if (kind === 'FULLY_CONNECTED') {
    const [outputs = 1, features = 1] = shape;
    const rows = elements(output.shape) / outputs;
    const down = Array.from({ length: rows }, (_, at) => [{ tap: 0, at }]);
    return {
      windows: { down, across: [[{ tap: 0, at: 0 }]] },
      wide: 1,
      width: 1,
      outputs,
      outputStep: features,
      tapStep: features,
      channels: features,
      seen: features,
      multiplier: Infinity,
    };
  }
  const [first = 1, tall = 1, wide = 1, last = 1] = shape;
  const [, , width = 1, channels = 1] = input.shape;
  const slide = kind === 'TRANSPOSE_CONV' ? transposedWindowsOf : windowsOf;
  const common = { windows: slide(step.operator, input, output, [tall, wide]), wide, width, channels };
  if (input.shape[0] !== 1) throw unsupported(step, ` of a batch of ${input.shape[0] ?? 0}`);
  if (kind === 'DEPTHWISE_CONV_2D')
    return { ...common, outputs: last, outputStep: 1, tapStep: last, seen: 1, multiplier: last / channels };
  if (last !== channels) throw unsupported(step, ` in ${channels / last} groups of channels`);
  const outputStep = tall * wide * channels;
  return { ...common, outputs: first, outputStep, tapStep: channels, seen: channels, multiplier: Infinity };
}

type Sum = (
  layout: Layout,
  input: Numbers,
  offset: number,
  weights: Numbers,
  start: number,
  output: number,
  down: readonly Meeting[],
  across: readonly Meeting[],
) => number;

/** Where the channels of each place of a window begin: in the input, and in the weights. */
function eachPlace(
  { wide, width, outputStep, tapStep, channels, multiplier }: Layout,
  output: number,
  down: readonly Meeting[],
  across: readonly Meeting[],
  visit: (from: number, weight: number) => void,
): void {
  const first = Math.floor(output / multiplier);
  for (const row of down) {
    for (const column of across) {
      visit(
        (row.at * width + column.at) * channels + first,
        output * outputStep + (row.tap * wide + column.tap) * tapStep,
      );
    }
  }
}

const sumOfFloats: Sum = (layout, input, _offset, weights, start, output, down, across) => {
  let sum = start;
  eachPlace(layout, output, down, across, (from, weight) => {
    for (let at = 0; at < layout.seen; at++)
      sum = Math.fround(sum + Math.fround(input[from + at]! * weights[weight + at]!));
  });
  return sum;
};

const sumOfCodes: Sum = (layout, input, offset, weights, start, output, down, across) => {
  let sum = start;
  eachPlace(layout, output, down, across, (from, weight) => {
    for (let at = 0; at < layout.seen; at++) sum += (input[from + at]! - offset) * weights[weight + at]!;
  });
  return sum;
};

/** From a sum to what is written. */
function finisher(step: Step, input: Tensor, weights: Tensor): (sum: number, channel: number) => number {
  const output = step.outputs[0]!;
  const [low, high] = boundsOf(step.operator, output);
  if (isFloat(output)) return (sum) => clamp(sum, low, high);
  const { fround } = Math;
  const zeroPoint = zeroPointOf(output);
  const channels = weights.quantization?.scale.length ?? 1;
  if (step.delegated) {
    const factors = Float32Array.from(
      { length: channels },
      (_, channel) => fround(scaleOf(input) * scaleOf(weights, channel)) / scaleOf(output),
    );
    return (sum, channel) =>
      clamp(nearestEven(fround(fround(sum) * factors[channel % channels]!)) + zeroPoint, low, high);
  }
  const reals = Array.from(
    { length: channels },
    (_, channel) => (scaleOf(input) * scaleOf(weights, channel)) / scaleOf(output),
  );
  // A matrix product of int16 is rounded as a real number.
  if (output.type === 'int16' && step.operator.kind === 'FULLY_CONNECTED')
    return (sum, channel) => clamp(nearestAway(sum * reals[channel % channels]!) + zeroPoint, low, high);
  const factors = reals.map(factorOf);
  const multiply = output.type === 'int16' ? rescaleWide : rescale;
  return (sum, channel) => clamp(multiply(sum, factors[channel % channels]!) + zeroPoint, low, high);
}
