import type { Graph } from '../graph.ts';
import type { LiteRt } from '../runtime/litert.ts';
import { watch } from './calibrate.ts';

/** Of the last dimension of an activation. */
export interface ChannelStatistics {
  /** Largest distance from zero, by channel. */
  readonly largest: Float64Array;
  readonly mean: Float64Array;
}

/**
 * Observe every activation channel by channel.
 * @throws UserError `CALIBRATION` as `observe`
 */
export async function channelStatistics(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  runtime: LiteRt,
): Promise<ReadonlyMap<number, ChannelStatistics>> {
  const found = new Map<number, { largest: Float64Array; mean: Float64Array; runs: number }>();
  await watch(graph, samples, runtime, (index, values) => {
    const channels = graph.tensors[index]!.shape.at(-1) ?? 1;
    const known = found.get(index) ?? {
      largest: new Float64Array(channels),
      mean: new Float64Array(channels),
      runs: 0,
    };
    found.set(index, known);
    values.forEach((value, at) => {
      const channel = at % channels;
      known.largest[channel] = Math.max(known.largest[channel]!, Math.abs(value));
      known.mean[channel]! += (value * channels) / values.length;
    });
    known.runs++;
  });
  return new Map(
    [...found].map(([index, { largest, mean, runs }]) => [
      index,
      { largest, mean: mean.map((sum) => sum / runs) },
    ]),
  );
}
