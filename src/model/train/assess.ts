// What a network is worth as a file on a device: bytes, and which samples it names rightly.

import type { BuiltModelSpec } from '../../fleet/spec.ts';
import { quantizeOptions } from '../build.ts';
import { quantize, simplify } from '../convert.ts';
import type { Graph } from '../graph.ts';
import { argmax } from '../outputs.ts';
import { convertKeras } from '../read/convert-keras.ts';
import { runAll } from '../run.ts';
import type { Samples } from '../samples.ts';
import { writeTflite } from '../tflite/write.ts';
import { asKeras, parametersOf, type Network } from './network.ts';

export interface Assessed {
  readonly parameters: number;
  /** Of the file that ships, by the definition's recipe. */
  readonly bytes: number;
  /** Whether that file names the class, sample by sample. */
  readonly right: readonly boolean[];
}

/** The network as the readers give it, before anything is folded. */
export const graphOf = (network: Network): Graph => convertKeras(asKeras(network));

/**
 * Quantize a network as its definition says, and run it.
 * @throws UserError `CALIBRATION`, `MODEL_UNSUPPORTED`
 */
export async function assess(
  network: Network,
  spec: BuiltModelSpec,
  calibration: Samples | undefined,
  { inputs, labels }: Samples,
): Promise<Assessed> {
  const built = await quantize(simplify(graphOf(network)), calibration?.inputs ?? [], quantizeOptions(spec));
  const outputs = await runAll(built, inputs);
  return {
    parameters: parametersOf(network),
    bytes: writeTflite(built, spec.name).byteLength,
    right: outputs.map((values, sample) => argmax(values) === labels?.[sample]),
  };
}
