import type { Tensor } from '../../graph.ts';
import type { Kernel } from './kernel.ts';

/**
 * What a channel of the input adds to each output, in units of the bias.
 * @param known the channel's number, where it has but one
 * @returns `undefined` where that depends on the input or on the place in the picture
 */
export function contributionOf(
  kernel: Kernel,
  channel: number,
  known: number | undefined,
  input: Tensor,
): readonly number[] | undefined {
  const { outputs, taps, values, padded } = kernel;
  const distance = known === undefined ? undefined : known - (input.quantization?.zeroPoint[0] ?? 0);
  const added = Array.from({ length: outputs }, () => 0);
  if (distance === 0) return added;
  // A product of floats that is added to others rounds.
  const exact = distance !== undefined && input.type === 'int8' && !padded;
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < taps; tap++) {
      const weight = values[kernel.at(output, tap, channel)]!;
      if (weight === 0) continue;
      if (!exact) return undefined;
      added[output]! += weight * distance;
    }
  }
  return added;
}
