import { typeOf, unsupported, type Kernel } from './kernel.ts';
import { codesOf, scaleOf, zeroPointOf } from './numbers.ts';
import { clamp, factorOf, rescale } from './rounding.ts';
import { spreadOver } from './spread.ts';

/** Negative numbers times a factor that may differ by channel. */
export const prelu: Kernel = (step) => {
  const [input, slopes, output] = [step.inputs[0]!, step.inputs[1]!, step.outputs[0]!];
  const from = spreadOver(slopes.shape, output.shape);
  if (slopes.type !== input.type) throw unsupported(step, ` of ${input.type} and ${slopes.type}`);
  if (typeOf(step) === 'float32') {
    return ([values, factors], [made]) => {
      for (let at = 0; at < made!.length; at++)
        made![at] = values![at]! < 0 ? values![at]! * factors![from[at]!]! : values![at]!;
    };
  }
  const [low, high] = codesOf(output);
  const [zero, slope, to] = [zeroPointOf(input), zeroPointOf(slopes), zeroPointOf(output)];
  const { fround } = Math;
  const above = factorOf(fround(scaleOf(input) / scaleOf(output)));
  const below = factorOf(fround(fround(scaleOf(input) * scaleOf(slopes)) / scaleOf(output)));
  return ([values, factors], [made]) => {
    for (let at = 0; at < made!.length; at++) {
      const value = values![at]! - zero;
      const scaled =
        value >= 0 ? rescale(value, above) : rescale(value * (factors![from[at]!]! - slope), below);
      made![at] = clamp(scaled + to, low, high);
    }
  };
};
