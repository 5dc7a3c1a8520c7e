import type { AnyRun } from './run-any.ts';
import { argmax, sqnrDb } from './outputs.ts';

/** How far one output of two networks is apart on the same samples. */
export interface OutputComparison {
  /** In the first network. */
  readonly name: string;
  readonly samples: number;
  /** Farthest distance of two values, as a share of the range of the first network's. */
  readonly farthest: number;
  /** Signal to noise, in dB; absent where nothing differs. */
  readonly sqnrDb?: number;
  /** Share of samples whose largest value stands at the same place; a ratio, absent where there is one value. */
  readonly agreement?: number;
}

/**
 * Compare what two networks made of the same samples: outputs in their order, since formats name them as they like.
 * @returns one for each output; `undefined` where one has more outputs, or other sizes
 */
export function compareOutputs(before: AnyRun, after: AnyRun): readonly OutputComparison[] | undefined {
  const { graph, runs } = before;
  const alike = runs.every((run, sample) =>
    run.every((values, output) => values.length === after.runs[sample]?.[output]?.length),
  );
  if (!alike || graph.outputs.length !== after.graph.outputs.length) return undefined;
  return graph.outputs.map((index, position) =>
    compared(
      graph.tensors[index]!.name,
      runs.map((run, sample) => [run[position]!, after.runs[sample]![position]!]),
    ),
  );
}

function compared(
  name: string,
  pairs: readonly (readonly [first: Float32Array, second: Float32Array])[],
): OutputComparison {
  let [low, high, farthest] = [Infinity, -Infinity, 0];
  for (const [first, second] of pairs) {
    for (const [at, value] of first.entries()) {
      low = Math.min(low, value);
      high = Math.max(high, value);
      farthest = Math.max(farthest, Math.abs(value - second[at]!));
    }
  }
  const noise = sqnrDb(pairs);
  const agreeing = pairs.filter(([first, second]) => argmax(first) === argmax(second)).length;
  return {
    name,
    samples: pairs.length,
    farthest: farthest === 0 ? 0 : farthest / Math.max(high - low, Number.MIN_VALUE),
    ...(Number.isFinite(noise) ? { sqnrDb: noise } : {}),
    ...((pairs[0]?.[0].length ?? 0) > 1 ? { agreement: agreeing / pairs.length } : {}),
  };
}
