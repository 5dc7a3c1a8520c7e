// Functions of one number: of floats, and of codes, where each code has one answer.

import type { Tensor } from '../../graph.ts';
import type { OperatorKind } from '../../tflite/operators.ts';
import { functionOf, type Real } from './functions.ts';
import { hardSwish } from './hard-swish.ts';
import { typeOf, unsupported, type Kernel, type Step } from './kernel.ts';
import { codesOf, scaleOf, zeroPointOf } from './numbers.ts';
import { clamp, factorOf, nearestAway, nearestEven, rescale, type Factor } from './rounding.ts';
import { wideSigmoid, wideTanh } from './wide-curves.ts';

const { fround } = Math;

export const curve: Kernel = (step) => {
  const code = typeOf(step) === 'float32' ? undefined : codeFunction(step);
  const real = functionOf(step.operator)!;
  const compute: Real = code === undefined ? (value) => fround(real(value)) : tabled(step, code);
  return ([values], [made]) => {
    for (let at = 0; at < made!.length; at++) made![at] = compute(values![at]!);
  };
};

/** Every code is worked out once. */
function tabled({ inputs: [input], outputs: [output] }: Step, compute: Real): Real {
  const [least, most] = codesOf(input!);
  const [low, high] = codesOf(output!);
  const answers = Int32Array.from({ length: most - least + 1 }, (_, at) =>
    clamp(compute(at + least), low, high),
  );
  return (code) => answers[code - least]!;
}

/** From code to code, before it is kept within the type. */
const BYTES: Readonly<Partial<Record<OperatorKind, (step: Step) => Real>>> = {
  RELU: (step) => rectified(step, Infinity),
  RELU6: (step) => rectified(step, 6),
  LEAKY_RELU: (step) => (step.delegated ? leakyInBytes(step) : leaky(step)),
  HARD_SWISH: ({ inputs, outputs }) => hardSwish(inputs[0]!, outputs[0]!),
  LOGISTIC: throughReals,
  TANH: throughReals,
  ELU: throughReals,
  GELU: throughReals,
  EXP: throughReals,
};

/** Of 16 bits, likewise. */
const WORDS: Readonly<Partial<Record<OperatorKind, (step: Step) => Real>>> = {
  RELU: (step) => rectified(step, Infinity),
  RELU6: (step) => rectified(step, 6),
  LEAKY_RELU: leaky,
  LOGISTIC: ({ inputs }) => wideSigmoid(scaleOf(inputs[0]!)),
  TANH: ({ inputs }) => wideTanh(scaleOf(inputs[0]!)),
};

function codeFunction(step: Step): Real {
  const { type } = step.outputs[0]!;
  const make = (type === 'int16' ? WORDS : BYTES)[step.operator.kind];
  if (make === undefined) throw unsupported(step, ` of ${type}`);
  return make(step);
}

/** By the real function; XNNPACK rounds half to even, the runtime itself half away from zero. */
function throughReals({ operator, inputs, outputs, delegated }: Step): Real {
  const [input, output] = [inputs[0]!, outputs[0]!];
  const real = functionOf(operator)!;
  const inverse = fround(1 / scaleOf(output));
  const [from, to] = [zeroPointOf(input), zeroPointOf(output)];
  return (code) => {
    const steps = fround(fround(real(fround((code - from) * scaleOf(input)))) * inverse);
    return delegated ? nearestEven(fround(steps + to)) : nearestAway(steps) + to;
  };
}

const byFactor =
  (from: number, to: number, factor: Factor): Real =>
  (code) =>
    rescale(code - from, factor) + to;

function rectified({ inputs, outputs }: Step, most: number): Real {
  const [input, output] = [inputs[0]!, outputs[0]!];
  const [from, to] = [zeroPointOf(input), zeroPointOf(output)];
  const high = most === Infinity ? Infinity : to + nearestAway(fround(most / scaleOf(output)));
  const scaled = byFactor(from, to, factorOf(fround(scaleOf(input) / scaleOf(output))));
  return (code) => clamp(scaled(code), to, high);
}

function leaky({ operator, inputs, outputs }: Step): Real {
  const [input, output] = [inputs[0]!, outputs[0]!];
  const [from, to] = [zeroPointOf(input), zeroPointOf(output)];
  const alpha = Number(operator.options['alpha'] ?? 0);
  const ratio = fround(scaleOf(input) / scaleOf(output));
  const above = byFactor(from, to, factorOf(ratio));
  const below = byFactor(from, to, factorOf(fround(fround(scaleOf(input) * alpha) / scaleOf(output))));
  return (code) => (code >= from ? above(code) : below(code));
}

/** XNNPACK: by multipliers of 8 bits after the point. */
function leakyInBytes({ operator, inputs, outputs }: Step): Real {
  const [input, output] = [inputs[0]!, outputs[0]!];
  const ratio = fround(scaleOf(input) / scaleOf(output));
  const slope = fround(ratio * fround(Number(operator.options['alpha'] ?? 0)));
  const [above, below] = [inBytes(input, output, ratio), inBytes(input, output, slope)];
  return (code) => (code > zeroPointOf(input) ? above(code) : below(code));
}

/** Multiplied by a factor with 8 bits after the point, half rounded up. */
export function inBytes(input: Tensor, output: Tensor, ratio: number): Real {
  const multiplier = nearestEven(fround(256 * ratio));
  const [from, to] = [zeroPointOf(input), zeroPointOf(output)];
  return (code) => Math.floor(((code - from) * multiplier + 128) / 256) + to;
}
