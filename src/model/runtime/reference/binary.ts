// Sums, differences, products and the like of two operands, of which one may be spread over the other's dimensions.

import type { Tensor } from '../../graph.ts';
import { typeOf, unsupported, type Kernel, type Step } from './kernel.ts';
import { boundsOf, scaleOf, zeroPointOf } from './numbers.ts';
import { clamp, factorOf, nearestEven, rescale } from './rounding.ts';
import { spreadOver } from './spread.ts';

type Combine = (a: number, b: number) => number;

const { fround } = Math;

/** Of real numbers. */
const REAL: Readonly<Partial<Record<Step['operator']['kind'], Combine>>> = {
  ADD: (a, b) => a + b,
  SUB: (a, b) => a - b,
  MUL: (a, b) => a * b,
  DIV: (a, b) => a / b,
  MAXIMUM: Math.max,
  MINIMUM: Math.min,
};

export const binary: Kernel = (step) => {
  const [a, b, output] = [step.inputs[0]!, step.inputs[1]!, step.outputs[0]!];
  if (a.type !== b.type) throw unsupported(step, ` of ${a.type} and ${b.type}`);
  const [low, high] = boundsOf(step.operator, output);
  const combine = combinerOf(step, a, b, output);
  const [first, second] = [spreadOver(a.shape, output.shape), spreadOver(b.shape, output.shape)];
  return ([left, right], [made]) => {
    for (let at = 0; at < made!.length; at++)
      made![at] = clamp(combine(left![first[at]!]!, right![second[at]!]!), low, high);
  };
};

function combinerOf(step: Step, a: Tensor, b: Tensor, output: Tensor): Combine {
  const { kind } = step.operator;
  const real = REAL[kind]!;
  const type = typeOf(step);
  if (type === 'float32') return (x, y) => fround(real(x, y));
  if (kind === 'DIV') throw unsupported(step, ` of ${type}`);
  if (kind === 'MAXIMUM' || kind === 'MINIMUM') {
    if (scaleOf(a) !== scaleOf(output) || scaleOf(b) !== scaleOf(output))
      throw unsupported(step, ' of codes with several scales');
    return real;
  }
  if (kind === 'MUL') return step.delegated ? floatProduct(a, b, output) : shiftedProduct(a, b, output);
  return step.delegated ? commonShift(kind, a, b, output) : shiftedSum(real, a, b, output);
}

/** XNNPACK: in float32. */
function floatProduct(a: Tensor, b: Tensor, output: Tensor): Combine {
  const factor = fround(fround(scaleOf(a) * scaleOf(b)) / scaleOf(output));
  const [x0, y0, zero] = [zeroPointOf(a), zeroPointOf(b), zeroPointOf(output)];
  return (x, y) => nearestEven(fround(fround((x - x0) * (y - y0)) * factor)) + zero;
}

function shiftedProduct(a: Tensor, b: Tensor, output: Tensor): Combine {
  const factor = factorOf(fround(fround(scaleOf(a) * scaleOf(b)) / scaleOf(output)));
  const [x0, y0, zero] = [zeroPointOf(a), zeroPointOf(b), zeroPointOf(output)];
  return (x, y) => rescale((x - x0) * (y - y0), factor) + zero;
}

/** XNNPACK: both by multipliers of 20 bits with one shift, rounded once, upwards. */
function commonShift(kind: string, a: Tensor, b: Tensor, output: Tensor): Combine {
  const [first, second] = [a, b].map((tensor) => fround(scaleOf(tensor) / scaleOf(output)));
  const shift = 20 - Math.floor(Math.log2(Math.max(first!, second!)));
  const [left, right] = [first!, second!].map((factor) => nearestEven(fround(factor * 2 ** shift)));
  const sign = kind === 'SUB' ? -1 : 1;
  const [x0, y0, zero] = [zeroPointOf(a), zeroPointOf(b), zeroPointOf(output)];
  const half = 2 ** (shift - 1);
  return (x, y) => Math.floor((half + left! * (x - x0) + sign * right! * (y - y0)) / 2 ** shift) + zero;
}

/** Bits that operands of sums are shifted up by, so that scaling them rounds little. */
const HEADROOM = { int8: 20, int16: 15 } as const;

function shiftedSum(real: Combine, a: Tensor, b: Tensor, output: Tensor): Combine {
  const bits = HEADROOM[output.type === 'int16' ? 'int16' : 'int8'];
  const twice = 2 * Math.max(scaleOf(a), scaleOf(b));
  const [first, second] = [factorOf(scaleOf(a) / twice), factorOf(scaleOf(b) / twice)];
  const last = factorOf(twice / (2 ** bits * scaleOf(output)));
  const [x0, y0, zero] = [zeroPointOf(a), zeroPointOf(b), zeroPointOf(output)];
  return (x, y) => {
    const left = rescale((x - x0) * 2 ** bits, first);
    const right = rescale((y - y0) * 2 ** bits, second);
    return rescale(real(left, right), last) + zero;
  };
}
