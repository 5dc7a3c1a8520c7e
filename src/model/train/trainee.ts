// A network in the backend's memory.

import { UserError } from '../../errors.ts';
import type { TfLayersModel, TfTensor, Tfjs } from '../backend/tfjs-api.ts';
import { kerasJson, layerForTfjs } from './keras-json.ts';
import type { Network } from './network.ts';

export interface Trainee {
  readonly model: TfLayersModel;
  /** The network as it is now trained. */
  read(): Network;
  dispose(): void;
}

/**
 * Bring a network into the backend.
 * @throws UserError `MODEL_UNSUPPORTED` for a layer that TensorFlow.js does not know, or knows with other weights
 */
export async function toBackend(tf: Tfjs, network: Network): Promise<Trainee> {
  const model = await loadLayers(tf, network);
  for (const layer of network.layers) {
    const own = model.layers.find(({ name }) => name === layer.name);
    const values = Object.values(layer.weights);
    if (own === undefined || values.length === 0) continue;
    tf.tidy(() => own.setWeights(values.map(({ shape, values: numbers }) => tf.tensor(numbers, shape))));
  }
  return { model, read: () => readBack(model, network), dispose: () => model.dispose() };
}

async function loadLayers(tf: Tfjs, network: Network): Promise<TfLayersModel> {
  try {
    return await tf.loadLayersModel(tf.io.fromMemory({ modelTopology: kerasJson(network, layerForTfjs) }));
  } catch (cause) {
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split(/\n|\. This may/);
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `the network ${network.name} cannot be trained by TensorFlow.js: ${reason}`,
      'train it where it was made, or build it of layers that TensorFlow.js has',
      { cause },
    );
  }
}

function readBack(model: TfLayersModel, network: Network): Network {
  return {
    ...network,
    layers: network.layers.map((layer) => {
      const own = model.layers.find(({ name }) => name === layer.name)?.weights ?? [];
      const weights = Object.entries(layer.weights).map(([name, { shape }], index) => [
        name,
        { shape, values: Float32Array.from(own[index]!.read().dataSync()) },
      ]);
      return { ...layer, weights: Object.fromEntries(weights) as typeof layer.weights };
    }),
  };
}

/** What the network makes of samples, a batch at a time; `training` off. */
export function predict(
  tf: Tfjs,
  { model }: Trainee,
  inputs: (from: number, to: number) => TfTensor,
  count: number,
  batch = 256,
): Float32Array {
  const parts: Float32Array[] = [];
  for (let from = 0; from < count; from += batch) {
    const made = tf.tidy(() => model.apply(inputs(from, Math.min(from + batch, count)), { training: false }));
    parts.push(Float32Array.from(made.dataSync()));
    made.dispose();
  }
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
