import { quantizeShrunk, type QuantizeOptions, type Removed } from './convert.ts';
import type { Evidence, GateLimits, GateResult } from './gates/gate.ts';
import { judge } from './gates/index.ts';
import type { Graph } from './graph.ts';
import { probeLayers } from './probe.ts';
import { runAndTime, runOutputs, type Runs } from './run.ts';
import type { Samples } from './samples.ts';
import { writeTflite } from './tflite/write.ts';

export interface MakeOptions extends QuantizeOptions {
  /** Stands in the file. */
  readonly name: string;
  readonly calibration: Samples | undefined;
  /** What the networks are compared on; the calibration set where there is none. */
  readonly evaluation: Samples | undefined;
  readonly limits: GateLimits;
  /** The float network as it was read, nothing folded or fused. */
  readonly plain: Graph;
  /** Of the image that will be made of the file; then it is built twice, too. */
  readonly image?: Evidence['image'];
}

export interface MadeModel {
  readonly built: Graph;
  readonly file: Uint8Array;
  readonly removed: Removed;
  readonly results: readonly GateResult[];
}

/**
 * Quantize, write and judge.
 * @throws UserError `CALIBRATION` where `int8` gets no samples that fit
 */
export async function makeModel(float: Graph, options: MakeOptions): Promise<MadeModel> {
  const { name, calibration, evaluation, limits, plain } = options;
  const {
    graph: built,
    float: quantized,
    whole,
    removed,
  } = await quantizeShrunk(float, calibration?.inputs ?? [], options);
  const file = writeTflite(built, name);
  const again =
    options.image &&
    writeTflite((await quantizeShrunk(float, calibration?.inputs ?? [], options)).graph, name);
  const samples = evaluation ?? calibration;
  const inputs = samples?.inputs ?? [];
  const exact = await runAndTime(float, inputs);
  const made = await runAndTime(built, inputs);
  const results = judge({
    float,
    built,
    file,
    outputs: inputs.length === 0 ? [] : pairsOf(float, exact.runs, made.runs, evaluation),
    parity: inputs.length === 0 ? undefined : await parityOf(plain, inputs, exact.runs),
    layers: await probeLayers(quantized, whole, inputs),
    ...(options.image === undefined ? {} : { image: options.image }),
    ...(again === undefined ? {} : { again }),
    milliseconds: { float: exact.milliseconds, built: made.milliseconds },
    limits,
  });
  return { built, file, removed, results };
}

/** Both networks' outputs, output by output. */
const pairsOf = (graph: Graph, exact: Runs, made: Runs, labelled: Samples | undefined): Evidence['outputs'] =>
  graph.outputs.map((index, position) => ({
    name: graph.tensors[index]!.name,
    labels: position === 0 ? labelled?.labels : labelled?.furtherLabels?.[position - 1],
    pairs: exact.map((run, sample) => ({ float: run[position]!, built: made[sample]![position]! })),
  }));

const PARITY_SAMPLES = 32;

/** Farthest distance of the fused network's outputs from the plain one's, as a share of the range of these. */
async function parityOf(plain: Graph, inputs: Samples['inputs'], fused: Runs): Promise<number> {
  const exact = await runOutputs(plain, inputs.slice(0, PARITY_SAMPLES));
  let [low, high, farthest] = [Infinity, -Infinity, 0];
  for (const [sample, run] of exact.entries()) {
    for (const [output, values] of run.entries()) {
      const others = fused[sample]![output]!;
      for (let index = 0; index < values.length; index++) {
        const value = values[index]!;
        low = Math.min(low, value);
        high = Math.max(high, value);
        farthest = Math.max(farthest, Math.abs(value - others[index]!));
      }
    }
  }
  return farthest === 0 ? 0 : farthest / Math.max(high - low, Number.MIN_VALUE);
}
