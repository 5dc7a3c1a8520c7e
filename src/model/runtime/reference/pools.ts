import type { Kernel } from './kernel.ts';
import { typeOf, unsupported } from './kernel.ts';
import { boundsOf } from './numbers.ts';
import { clamp, nearestAway } from './rounding.ts';
import { windowsOf } from './windows.ts';

/** Maximum or average of what a window sees; places outside count neither as values nor as places. */
export const pooled: Kernel = (step) => {
  const { operator, inputs, outputs } = step;
  const [input, output] = [inputs[0]!, outputs[0]!];
  const float = typeOf(step) === 'float32';
  const [batch = 1, , width = 1, channels = 1] = input.shape;
  if (batch !== 1) throw unsupported(step, ` of a batch of ${batch}`);
  const [low, high] = boundsOf(operator, output);
  const size = [Number(operator.options['filterH']), Number(operator.options['filterW'])] as const;
  const { down, across } = windowsOf(operator, input, output, size);
  const greatest = operator.kind === 'MAX_POOL_2D';
  const { fround } = Math;
  return ([values], [made]) => {
    let at = 0;
    for (const rows of down) {
      for (const columns of across) {
        for (let channel = 0; channel < channels; channel++) {
          let [most, sum] = [-Infinity, 0];
          for (const row of rows) {
            for (const column of columns) {
              const value = values![(row.at * width + column.at) * channels + channel]!;
              most = Math.max(most, value);
              sum = float ? fround(sum + value) : sum + value;
            }
          }
          const count = rows.length * columns.length;
          const mean = float ? sum * fround(1 / count) : nearestAway(sum / count);
          made![at++] = clamp(greatest ? most : mean, low, high);
        }
      }
    }
  };
};
