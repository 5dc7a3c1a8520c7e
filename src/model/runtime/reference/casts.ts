// Floats to codes, codes to floats, and codes to other codes.

import type { Tensor } from '../../graph.ts';
import { inBytes } from './curves.ts';
import { unsupported, type Kernel, type Step } from './kernel.ts';
import { codesOf, scaleOf, zeroPointOf } from './numbers.ts';
import { clamp, factorOf, nearestAway, nearestEven, rescale } from './rounding.ts';

const { fround } = Math;

export const quantized: Kernel = (step) => {
  const output = step.outputs[0]!;
  const [low, high] = codesOf(output);
  const cast = castOf(step, step.inputs[0]!, output);
  return ([values], [made]) => {
    for (let at = 0; at < made!.length; at++) made![at] = clamp(cast(values![at]!), low, high);
  };
};

function castOf(step: Step, input: Tensor, output: Tensor): (value: number) => number {
  const to = zeroPointOf(output);
  const types = `${input.type} ${output.type}`;
  if (types === 'float32 int8' && step.delegated) {
    const inverse = fround(1 / scaleOf(output));
    return (value) => nearestEven(fround(value * inverse)) + to;
  }
  if (input.type === 'float32') return (value) => nearestAway(value / scaleOf(output)) + to;
  if (types === 'int8 int8' && step.delegated)
    return inBytes(input, output, fround(scaleOf(input) / scaleOf(output)));
  if (!CODES.has(input.type) || !CODES.has(output.type)) throw unsupported(step, ` of ${types}`);
  const factor = factorOf(scaleOf(input) / scaleOf(output));
  return (value) => rescale(value - zeroPointOf(input), factor) + to;
}

const CODES = new Set<Tensor['type']>(['int8', 'int16']);

export const dequantized: Kernel = (step) => {
  const input = step.inputs[0]!;
  if (input.type === 'float16') return ([values], [made]) => made!.set(values!);
  if (!CODES.has(input.type)) throw unsupported(step, ` of ${input.type}`);
  const [scale, zero] = [scaleOf(input), zeroPointOf(input)];
  return ([values], [made]) => {
    for (let at = 0; at < made!.length; at++) made![at] = (values![at]! - zero) * scale;
  };
};
