// How the range of an activation follows from its values.

import type { Graph } from '../graph.ts';
import type { LiteRt } from '../runtime/litert.ts';
import { observe, watch } from './calibrate.ts';
import { activationParameters, type Range, type Ranges } from './ranges.ts';

export const OBSERVERS = ['minmax', 'percentile', 'mse'] as const;
export type Observer = (typeof OBSERVERS)[number];

const BINS = 2048;
/** Share of the values that `percentile` leaves out at either end, a ratio. */
const LEFT_OUT = 1e-4;
/** `mse` tries ends that are ever nearer to zero, eight for each half, down to a 64th. */
const SHARES = Array.from({ length: 48 }, (_, step) => 2 ** (-(step + 1) / 8));

/**
 * Ranges of every activation, by an observer:
 * `minmax` takes all that was seen, as TensorFlow's converter; `percentile` leaves out one value in ten thousand at either end;
 * `mse` takes the range for which squared errors are least, of rounding within and of cutting off outside.
 * @throws UserError `CALIBRATION` as {@link observe}
 */
export async function observeBy(
  observer: Observer,
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  runtime: LiteRt,
): Promise<Ranges> {
  const seen = await observe(graph, samples, runtime);
  if (observer === 'minmax') return seen;
  const counts = new Map<number, Float64Array>();
  await watch(graph, samples, runtime, (index, values) => {
    const bins = counts.get(index) ?? new Float64Array(BINS);
    counts.set(index, bins);
    const { min, max } = seen.get(index)!;
    const perUnit = BINS / (max - min || 1);
    for (const value of values) bins[Math.min(BINS - 1, Math.floor((value - min) * perUnit))]!++;
  });
  const narrowed = observer === 'mse' ? leastError : withoutTails;
  return new Map([...seen].map(([index, range]) => [index, narrowed(range, counts.get(index)!)]));
}

function withoutTails({ min, max }: Range, bins: Float64Array): Range {
  const most = LEFT_OUT * bins.reduce((sum, count) => sum + count, 0);
  const skipped = (counts: Float64Array): number => {
    let [bin, left] = [0, 0];
    while (bin < BINS - 1 && left + counts[bin]! <= most) left += counts[bin++]!;
    return bin;
  };
  const width = (max - min) / BINS;
  return { min: min + skipped(bins) * width, max: max - skipped(bins.toReversed()) * width };
}

function leastError(range: Range, bins: Float64Array): Range {
  let best = range;
  let least = errorOf(best, range, bins);
  const consider = (candidate: Range): void => {
    const error = errorOf(candidate, range, bins);
    if (error < least) [best, least] = [candidate, error];
  };
  for (const share of SHARES) consider({ ...best, max: range.max * share });
  for (const share of SHARES) consider({ ...best, min: range.min * share });
  return best;
}

/** Sum of squared errors of the values in bins, once quantized with a range. */
function errorOf(candidate: Range, { min, max }: Range, bins: Float64Array): number {
  const low = Math.min(candidate.min, 0);
  const high = Math.max(candidate.max, 0);
  const step = activationParameters(candidate).scale[0]!;
  const width = (max - min) / BINS;
  return bins.reduce((sum, count, bin) => {
    if (count === 0) return sum;
    const value = min + (bin + 0.5) * width;
    const beyond = Math.max(low - value, value - high, 0);
    // Zero, which rectified activations are full of, is a code.
    const rounding = Math.abs(value) < width ? 0 : step ** 2 / 12;
    return sum + count * (beyond > 0 ? beyond ** 2 : rounding);
  }, 0);
}
