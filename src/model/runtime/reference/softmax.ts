import { typeOf, type Kernel, type Step } from './kernel.ts';
import { scaleOf, zeroPointOf, type Numbers } from './numbers.ts';
import { clamp, factorOf, nearestAway, rescale } from './rounding.ts';

const { fround, exp } = Math;

/** Over the last dimension. */
export const softmax: Kernel = (step) => {
  const type = typeOf(step);
  const row = type === 'float32' ? ofFloats(step) : type === 'int8' ? ofBytes(step) : ofWords(step);
  const size = step.inputs[0]!.shape.at(-1)!;
  return ([values], [made]) => {
    for (let from = 0; from < made!.length; from += size)
      made!.set(row(values!.subarray(from, from + size)), from);
  };
};

type Row = (values: Numbers) => ArrayLike<number>;

const betaOf = ({ operator }: Step): number => Number(operator.options['beta'] ?? 1);

const ofFloats =
  (step: Step): Row =>
  (values) => {
    const most = Math.max(...values);
    const powers = Float32Array.from(values, (value) => exp(fround(betaOf(step) * fround(value - most))));
    const sum = powers.reduce((total, power) => fround(total + power), 0);
    return powers.map((power) => power * fround(1 / sum));
  };

/** By a table of float32 powers; half away from zero. */
function ofBytes(step: Step): Row {
  const [input, output] = [step.inputs[0]!, step.outputs[0]!];
  const scale = fround(-scaleOf(input) * betaOf(step));
  const table = Float32Array.from({ length: 256 }, (_, below) => exp(fround(scale * below)));
  return (codes) => {
    const most = Math.max(...codes);
    let sum = 0;
    for (const code of codes) sum = fround(sum + table[most - code]!);
    const inverse = fround(1 / fround(sum * scaleOf(output)));
    return Array.from(codes, (code) =>
      clamp(nearestAway(fround(table[most - code]! * inverse)) + zeroPointOf(output), -128, 127),
    );
  };
}

/**
 * By two tables, of powers from e⁻¹⁰ on and of 1 / (1 + x), in whole numbers.
 * Source: google-ai-edge/LiteRT, tflite/kernels/internal/reference/softmax.h.
 */
function ofWords(step: Step): Row {
  const factor = factorOf((scaleOf(step.inputs[0]!) * betaOf(step)) / (10 / 65_535));
  return (codes) => {
    const most = Math.max(...codes);
    const powers = Array.from(codes, (code) => POWERS(word(rescale(code - most, factor) + 32_767)));
    const sum = powers.reduce((total, power) => total + power, 0);
    const headroom = Math.clz32(sum);
    const shifted = Math.floor((sum * 2 ** (headroom - 1) + 2 ** 13) / 2 ** 14);
    const reciprocal = RECIPROCALS(word(shifted - 2 ** 15 - 2 ** 16));
    const right = 31 - headroom;
    return powers.map((power) =>
      clamp(Math.floor((power * reciprocal + 2 ** (right - 1)) / 2 ** right), 0, 32_767),
    );
  };
}

const word = (value: number): number => clamp(value, -32_768, 32_767);

const STEPS = 512;

/** A function of codes from −32,768 to 32,767 by 513 entries, each moved by half of what the middle between two is off. */
function tabled(low: number, high: number, real: (value: number) => number): (code: number) => number {
  const step = (high - low) / STEPS;
  const scaled = (at: number): number => real(low + at * step) * 32_768;
  const entries = Array.from({ length: STEPS + 1 }, (_, at) => {
    const value = nearestAway(scaled(at));
    if (at === STEPS) return word(value);
    const middle = nearestAway((scaled(at + 1) + value) / 2) - nearestAway(scaled(at + 0.5));
    return word(value - nearestAway(middle / 2));
  });
  return (code) => {
    const at = 256 + (code >> 7);
    const slope = entries[at + 1]! - entries[at]!;
    return entries[at]! + ((slope * (code & 127) + 64) >> 7);
  };
}

const POWERS = tabled(-10, 0, exp);
const RECIPROCALS = tabled(0, 1, (value) => 1 / (1 + value));
