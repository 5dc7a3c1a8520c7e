// Means, sums and maxima over dimensions.

import type { Tensor } from '../../graph.ts';
import { constantAt, typeOf, type Kernel, type Step } from './kernel.ts';
import { codesOf, scaleOf, zeroPointOf } from './numbers.ts';
import { clamp, factorOf, nearestEven, rescale } from './rounding.ts';
import { indexOf, placesOf } from './spread.ts';

const { fround } = Math;

export const reduced: Kernel = (step) => {
  const [input, output] = [step.inputs[0]!, step.outputs[0]!];
  const rank = input.shape.length;
  const axes = new Set(Array.from(constantAt(step, 1), (axis) => (axis + rank) % rank));
  const kept = input.shape.map((size, axis) => (axes.has(axis) ? 1 : size));
  const target = placesOf(input.shape, (at) =>
    indexOf(
      at.map((place, axis) => (axes.has(axis) ? 0 : place)),
      kept,
    ),
  );
  const greatest = step.operator.kind === 'REDUCE_MAX';
  const float = typeOf(step) === 'float32';
  const count = target.length / kept.reduce((product, size) => product * size, 1);
  const finish = greatest ? (value: number): number => value : finisher(step, input, output, count);
  return ([values], [made]) => {
    const sums = new Float64Array(made!.length).fill(greatest ? -Infinity : 0);
    for (let at = 0; at < target.length; at++) {
      const to = target[at]!;
      const [sum, value] = [sums[to]!, values![at]!];
      sums[to] = greatest ? Math.max(sum, value) : float ? fround(sum + value) : sum + value;
    }
    for (let at = 0; at < sums.length; at++) made![at] = finish(sums[at]!);
  };
};

/** From the sum of numbers, or of codes as they stand, to what is written. */
function finisher(step: Step, input: Tensor, output: Tensor, count: number): (sum: number) => number {
  const parts = step.operator.kind === 'MEAN' ? count : 1;
  const share = fround(1 / parts);
  if (output.type === 'float32') return (sum) => fround(sum * share);
  const [low, high] = codesOf(output);
  const [from, to] = [zeroPointOf(input), zeroPointOf(output)];
  if (step.delegated) {
    const factor = fround(fround(scaleOf(input) / scaleOf(output)) * share);
    const offset = fround(to - fround(fround(count * from) * factor));
    return (sum) => clamp(nearestEven(fround(fround(fround(sum) * factor) + offset)), low, high);
  }
  const whole = factorOf(scaleOf(input) / scaleOf(output));
  // The multiplier takes in the division, cut off.
  const shift = Math.min(Math.floor(Math.log2(parts)), 32, 31 + whole.shift);
  const multiplier = Number((BigInt(whole.multiplier) << BigInt(shift)) / BigInt(parts));
  const factor = { multiplier, shift: whole.shift - shift };
  return (sum) => clamp(rescale(sum - from * count, factor) + to, low, high);
}
