import { resolve } from 'node:path';
import type { BackendPlaces } from './backend/tfjs.ts';
import type { Graph } from './graph.ts';
import { openModel } from './open.ts';
import { runOutputs } from './run.ts';
import { loadRuntime, type RuntimeName } from './runtime/load.ts';
import { readSamples } from './samples.ts';

export interface AnyRun {
  /** Of a SavedModel the signature alone. */
  readonly graph: Graph;
  /** Every output of each run, as real numbers. */
  readonly runs: readonly (readonly Float32Array[])[];
}

/**
 * Run any model on samples: a SavedModel by TensorFlow, all else on the runtime that devices have.
 * @param file and
 * @param input paths from `places.cwd`
 * @param asked which runtime, of a network that is no SavedModel; LiteRT where it starts
 * @throws UserError as reading, `RUNTIME` and `BACKEND`
 */
export async function runAny(
  file: string,
  input: string,
  places: BackendPlaces & { readonly stderr: (text: string) => void },
  asked?: RuntimeName,
): Promise<AnyRun> {
  const path = resolve(places.cwd, file);
  const { isSavedModel, openSavedModel } = await import('./backend/saved-model.ts');
  if (!isSavedModel(path)) {
    const { graph } = await openModel(places.cwd, file);
    const { inputs } = readSamples(places.cwd, input, graph);
    return { graph, runs: await runOutputs(graph, inputs, await loadRuntime(asked, places.stderr)) };
  }
  const model = await openSavedModel(path, places);
  try {
    const { inputs } = readSamples(places.cwd, input, model.signature);
    return { graph: model.signature, runs: model.run(inputs) };
  } finally {
    model.dispose();
  }
}
