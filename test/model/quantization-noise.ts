import { quantize, type QuantizeOptions } from '../../src/model/convert.ts';
import type { Graph } from '../../src/model/graph.ts';
import { sqnrDb } from '../../src/model/outputs.ts';
import { runAll } from '../../src/model/run.ts';

export type Samples = readonly (readonly Float32Array[])[];

export const PLAIN = { recipe: 'int8', io: 'float', denseByChannel: true } as const;

/** Signal to quantization noise of a recipe's outputs, in dB, on samples that calibration did not see. */
export async function noise(
  float: Graph,
  calibration: Samples,
  others: Samples,
  options: Partial<QuantizeOptions> = {},
): Promise<number> {
  const built = await quantize(float, calibration, { ...PLAIN, ...options });
  const [exact, made] = [await runAll(float, others), await runAll(built, others)];
  return sqnrDb(exact.map((values, index) => [values, made[index]!]));
}
