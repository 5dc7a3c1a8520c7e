// Looks inside a quantized network: how far each activation is from the float network's, and how its codes are used.

import { sqnrDb } from './outputs.ts';
import type { Graph } from './graph.ts';
import { runOutputs } from './run.ts';

export interface LayerProbe {
  /** Name of the activation in the float network. */
  readonly name: string;
  /** Signal to quantization noise, in dB. */
  readonly sqnrDb: number;
  /** The same of the noisiest activation that it is made from; `Infinity` where none is quantized. */
  readonly inputSqnrDb: number;
  /** Share of the float network's values that lie beyond the range of the codes, by more than rounding; a ratio. */
  readonly saturated: number;
  /** How many of the 256 codes occur; `undefined` for int16. */
  readonly codes: number | undefined;
}

/** More samples change the ranking little. */
const SAMPLES = 16;
/** Outputs of these lie at the ends by nature. */
const BOUNDED = new Set(['SOFTMAX', 'LOGISTIC', 'TANH']);
const SUFFIX = /\/int(8|16)$/;

/** Probe every int8 or int16 activation that the float network has too; none where nothing is quantized. */
export async function probeLayers(
  float: Graph,
  built: Graph,
  samples: readonly (readonly Float32Array[])[],
): Promise<readonly LayerProbe[]> {
  const inside = new Map(
    built.operators.flatMap(({ kind, outputs }) =>
      BOUNDED.has(kind) || kind === 'QUANTIZE'
        ? []
        : outputs
            .filter((index) => ['int8', 'int16'].includes(built.tensors[index]!.type))
            .map((index) => [built.tensors[index]!.name.replace(SUFFIX, ''), index] as const),
    ),
  );
  const pairs = float.operators.flatMap(({ inputs, outputs }) =>
    outputs.flatMap((index) => {
      const other = inside.get(float.tensors[index]!.name);
      return other === undefined ? [] : [{ index, other, inputs }];
    }),
  );
  if (pairs.length === 0) return [];
  const some = samples.slice(0, SAMPLES);
  const exact = await runOutputs({ ...float, outputs: pairs.map(({ index }) => index) }, some);
  const made = await runOutputs({ ...built, outputs: pairs.map(({ other }) => other) }, some);
  const noise = new Map(
    pairs.map(({ index }, position) => [
      index,
      sqnrDb(exact.map((run, sample) => [run[position]!, made[sample]![position]!])),
    ]),
  );
  return pairs.map(({ index, other, inputs }, position): LayerProbe => {
    const tensor = built.tensors[other]!;
    const inputSqnrDb = Math.min(...inputs.map((input) => noise.get(input) ?? Infinity));
    return {
      name: float.tensors[index]!.name,
      sqnrDb: noise.get(index)!,
      inputSqnrDb,
      saturated: shareBeyond(
        exact.map((run) => run[position]!),
        tensor,
      ),
      codes:
        tensor.type === 'int8'
          ? codesOf(
              made.map((run) => run[position]!),
              tensor,
            )
          : undefined,
    };
  });
}

/**
 * The layer that adds the most noise of its own: noise comes down from layer to layer, so that the noisiest need not have made it.
 * @returns `undefined` where nothing is quantized
 */
export const noisiestOfItself = (layers: readonly LayerProbe[]): LayerProbe | undefined =>
  layers.toSorted((a, b) => addedNoise(b) - addedNoise(a))[0];

/** As a share of the signal. */
const addedNoise = ({ sqnrDb, inputSqnrDb }: LayerProbe): number =>
  10 ** (-sqnrDb / 10) - 10 ** (-inputSqnrDb / 10);

type Tensor = Graph['tensors'][number];

const affineOf = ({ quantization }: Tensor): { scale: number; zeroPoint: number } => ({
  scale: quantization?.scale[0] ?? 1,
  zeroPoint: quantization?.zeroPoint[0] ?? 0,
});

function shareBeyond(runs: readonly Float32Array[], tensor: Tensor): number {
  const { scale, zeroPoint } = affineOf(tensor);
  const [least, most] = tensor.type === 'int8' ? [-128, 127] : [-32_768, 32_767];
  let [all, beyond] = [0, 0];
  for (const values of runs) {
    for (const value of values) {
      const code = value / scale + zeroPoint;
      if (code < least - 0.5 || code > most + 0.5) beyond++;
    }
    all += values.length;
  }
  return all === 0 ? 0 : beyond / all;
}

/** How many codes occur. */
function codesOf(runs: readonly Float32Array[], tensor: Tensor): number {
  const { scale, zeroPoint } = affineOf(tensor);
  const seen = new Set<number>();
  for (const values of runs) for (const value of values) seen.add(Math.round(value / scale) + zeroPoint);
  return seen.size;
}
