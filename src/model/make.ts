import { quantize, type QuantizeOptions } from './convert.ts';
import type { Evidence, GateLimits, GateResult } from './gates/gate.ts';
import { judge } from './gates/index.ts';
import type { Graph } from './graph.ts';
import { runAll } from './run.ts';
import type { Samples } from './samples.ts';
import { writeTflite } from './tflite/write.ts';

export interface MakeOptions extends QuantizeOptions {
  /** Stands in the file. */
  readonly name: string;
  readonly calibration: Samples | undefined;
  /** What the networks are compared on; the calibration set where there is none. */
  readonly evaluation: Samples | undefined;
  readonly limits: GateLimits;
}

export interface MadeModel {
  readonly built: Graph;
  readonly file: Uint8Array;
  readonly results: readonly GateResult[];
}

/**
 * Quantize, write and judge.
 * @throws UserError `CALIBRATION` where `int8` gets no samples that fit
 */
export async function makeModel(float: Graph, options: MakeOptions): Promise<MadeModel> {
  const { name, calibration, evaluation, limits } = options;
  const built = await quantize(float, calibration?.inputs ?? [], options);
  const file = writeTflite(built, name);
  const outputs = await compare(float, built, evaluation ?? calibration);
  const labels = evaluation?.labels;
  return { built, file, results: judge({ float, built, file, outputs, labels, limits }) };
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
