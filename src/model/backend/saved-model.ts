// TensorFlow's SavedModels: a folder that can be run, and does not say in a form that could be converted what it is made of.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import type { Graph, Tensor } from '../graph.ts';
import { loadTfjs, type BackendPlaces } from './tfjs.ts';
import type { Tfjs, TfMetaGraph, TfSignatureTensor } from './tfjs-api.ts';

/** What a server answers with when nothing else is asked for. */
const SIGNATURE = 'serving_default';

/** Whether a path is a folder that TensorFlow saved a model in. */
export const isSavedModel = (path: string): boolean => existsSync(join(path, 'saved_model.pb'));

export interface SavedModel {
  /** Its inputs and outputs by name, in order of names; no operators, and nothing that could be converted. */
  readonly signature: Graph;
  /**
   * Run it on samples, one after the other.
   * @param samples values of each input, in the signature's order
   * @returns every output of each run
   * @throws UserError `MODEL_UNSUPPORTED` where TensorFlow refuses
   */
  run(samples: readonly (readonly Float32Array[])[]): readonly (readonly Float32Array[])[];
  /** Free what the backend holds. */
  dispose(): void;
}

/**
 * Load a SavedModel by its default signature.
 * @throws UserError `BACKEND`; `MODEL_DAMAGED` where TensorFlow cannot load it; `MODEL_UNSUPPORTED` without that signature,
 *   or with inputs that are not of floats with known sizes behind the batch
 */
export async function openSavedModel(path: string, places: BackendPlaces): Promise<SavedModel> {
  const tf = loadTfjs('running a SavedModel', places);
  const { tags, signatureDefs } = await served(tf, path);
  const { inputs, outputs } = signatureDefs[SIGNATURE]!;
  const signature = signatureGraph(path, inputs, outputs);
  const model = await damagedUnless(path, () => tf.node.loadSavedModel(path, tags, SIGNATURE));
  return {
    signature,
    run: (samples) => samples.map((sample) => runOnce(tf, model, signature, sample, path)),
    dispose: () => model.dispose(),
  };
}

async function served(tf: Tfjs, path: string): Promise<TfMetaGraph> {
  const graphs = await damagedUnless(path, () => tf.node.getMetaGraphsFromSavedModel(path));
  const found = graphs.find(
    ({ tags, signatureDefs }) => tags.includes('serve') && SIGNATURE in signatureDefs,
  );
  if (found !== undefined) return found;
  const names = graphs.flatMap(({ tags, signatureDefs }) =>
    Object.keys(signatureDefs).map((name) => `${name} (${tags.join(', ')})`),
  );
  throw new UserError(
    'MODEL_UNSUPPORTED',
    `${path} has the signatures ${names.join(', ') || 'none'}, not ${SIGNATURE} (serve)`,
    'export it with a default signature: model.export(folder)',
  );
}

async function damagedUnless<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new UserError(
      'MODEL_DAMAGED',
      `${path} is not a SavedModel that TensorFlow can load: ${reason}`,
      'export the model again, or copy the whole folder again',
      { cause },
    );
  }
}

type Side = Readonly<Record<string, TfSignatureTensor>>;

function signatureGraph(path: string, inputs: Side, outputs: Side): Graph {
  const tensors: Tensor[] = [];
  const add = (side: Side, strict: boolean): number[] =>
    Object.keys(side)
      .toSorted()
      .map((name) => tensors.push(ending(path, name, side[name]!, strict)) - 1);
  return { tensors, operators: [], inputs: add(inputs, true), outputs: add(outputs, false) };
}

function ending(path: string, name: string, { dtype, shape }: TfSignatureTensor, strict: boolean): Tensor {
  const sizes = shape?.map((size) => size.getSize());
  const open = sizes === undefined || sizes.some((size, axis) => axis > 0 && size < 0);
  if (strict && (dtype !== 'float32' || open)) {
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `input ${name} of ${path} is ${dtype} [${sizes?.join(', ') ?? '?'}]`,
      'export it with inputs of float32 whose every dimension but the first has a size',
    );
  }
  const known = (sizes ?? []).map((size) => Math.max(size, 1));
  return { name, type: 'float32', shape: known, ...(sizes?.[0] === -1 ? { openBatch: true } : {}) };
}

function runOnce(
  tf: Tfjs,
  model: Awaited<ReturnType<Tfjs['node']['loadSavedModel']>>,
  { tensors, inputs, outputs }: Graph,
  sample: readonly Float32Array[],
  path: string,
): readonly Float32Array[] {
  const given = Object.fromEntries(
    inputs.map((index, position) => {
      const { name, shape } = tensors[index]!;
      return [name, tf.tensor(sample[position]!, shape)] as const;
    }),
  );
  try {
    const made = model.predict(given);
    const values = outputs.map((index) => Float32Array.from(made[tensors[index]!.name]!.dataSync()));
    for (const tensor of Object.values(made)) tensor.dispose();
    return values;
  } catch (cause) {
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `TensorFlow does not run ${path}: ${reason}`,
      'try it where it was exported',
      { cause },
    );
  } finally {
    for (const tensor of Object.values(given)) tensor.dispose();
  }
}
