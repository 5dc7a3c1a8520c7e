// Looks inside a quantized network: how far each activation is from the float network's, and how its codes are used.

import { sqnrDb } from './outputs.ts';
import type { Graph } from './graph.ts';
import { runOutputs } from './run.ts';

export interface LayerProbe {
  /** Name of the activation in the float network. */
  readonly name: string;
  /** Signal to quantization noise, in dB. */
  readonly sqnrDb: number;
  /** Share of values at the last code of either end, where that is not zero; a ratio. */
  readonly saturated: number;
  /** How many of the 256 codes occur. */
  readonly codes: number;
}

/** More samples change the ranking little. */
const SAMPLES = 16;
/** Outputs of these lie at the ends by nature. */
const BOUNDED = new Set(['SOFTMAX', 'LOGISTIC', 'TANH']);

/** Probe every int8 activation that the float network has too; none where nothing is int8. */
export async function probeLayers(
  float: Graph,
  built: Graph,
  samples: readonly (readonly Float32Array[])[],
): Promise<readonly LayerProbe[]> {
  const inside = new Map(
    built.operators.flatMap(({ kind, outputs }) =>
      BOUNDED.has(kind)
        ? []
        : outputs
            .filter((index) => built.tensors[index]!.type === 'int8')
            .map((index) => [built.tensors[index]!.name.replace(/\/int8$/, ''), index] as const),
    ),
  );
  const pairs = float.operators
    .flatMap(({ outputs }) => outputs)
    .flatMap((index) => {
      const other = inside.get(float.tensors[index]!.name);
      return other === undefined ? [] : [[index, other] as const];
    });
  if (pairs.length === 0) return [];
  const some = samples.slice(0, SAMPLES);
  const exact = await runOutputs({ ...float, outputs: pairs.map(([index]) => index) }, some);
  const made = await runOutputs({ ...built, outputs: pairs.map(([, index]) => index) }, some);
  return pairs.map(([index, other], position): LayerProbe => {
    const noise = sqnrDb(exact.map((run, sample) => [run[position]!, made[sample]![position]!]));
    const { saturated, codes } = useOf(
      made.map((run) => run[position]!),
      built.tensors[other]!.quantization!,
    );
    return { name: float.tensors[index]!.name, sqnrDb: noise, saturated, codes };
  });
}

function useOf(
  runs: readonly Float32Array[],
  { scale: [scale = 1], zeroPoint: [zeroPoint = 0] }: NonNullable<Graph['tensors'][number]['quantization']>,
): Pick<LayerProbe, 'saturated' | 'codes'> {
  const counts = new Uint32Array(256);
  let all = 0;
  for (const values of runs) {
    for (const value of values) counts[Math.round(value / scale) + zeroPoint + 128]!++;
    all += values.length;
  }
  const ends = (zeroPoint === -128 ? 0 : counts[0]!) + (zeroPoint === 127 ? 0 : counts[255]!);
  return { saturated: all === 0 ? 0 : ends / all, codes: counts.filter((count) => count > 0).length };
}
