import { quantizeShrunk, type QuantizeOptions, type Removed } from './convert.ts';
import type { Evidence, GateLimits, GateResult } from './gates/gate.ts';
import { judge } from './gates/index.ts';
import type { Graph } from './graph.ts';
import { medianMs } from './latency.ts';
import { probeLayers } from './probe.ts';
import { runAll, runOutputs } from './run.ts';
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
  const { graph: built, whole, removed } = await quantizeShrunk(float, calibration?.inputs ?? [], options);
  const file = writeTflite(built, name);
  const samples = evaluation ?? calibration;
  const outputs = await compare(float, built, samples);
  const inputs = samples?.inputs ?? [];
  const results = judge({
    float,
    built,
    file,
    outputs,
    labels: evaluation?.labels,
    parity:
      inputs.length === 0 ? undefined : await differenceOf(plain, float, inputs.slice(0, PARITY_SAMPLES)),
    layers: await probeLayers(float, whole, inputs),
    milliseconds: { float: await medianMs(float), built: await medianMs(built) },
    limits,
  });
  return { built, file, removed, results };
}

const PARITY_SAMPLES = 32;

/** Farthest distance of outputs, as a share of the range of the first network's. */
async function differenceOf(
  before: Graph,
  after: Graph,
  samples: readonly (readonly Float32Array[])[],
): Promise<number> {
  const [exact, made] = [await runOutputs(before, samples), await runOutputs(after, samples)];
  let [low, high, farthest] = [Infinity, -Infinity, 0];
  for (const [sample, run] of exact.entries()) {
    for (const [output, values] of run.entries()) {
      for (const [index, value] of values.entries()) {
        low = Math.min(low, value);
        high = Math.max(high, value);
        farthest = Math.max(farthest, Math.abs(value - made[sample]![output]![index]!));
      }
    }
  }
  return farthest === 0 ? 0 : farthest / Math.max(high - low, Number.MIN_VALUE);
}

/** Outputs of both networks on the same samples. A bare int8 network is given codes, and its codes are read back. */
async function compare(
  float: Graph,
  built: Graph,
  samples: Samples | undefined,
): Promise<Evidence['outputs']> {
  if (samples === undefined) return [];
  const [exact, made] = [await runAll(float, samples.inputs), await runAll(built, samples.inputs)];
  return exact.map((values, index) => ({ float: values, built: made[index]! }));
}
