// A network that can be changed and trained: layers of Keras with their weights at hand.

import { extname } from 'node:path';
import { UserError } from '../../errors.ts';
import { readFile } from '../read-file.ts';
import type { KerasLayer, KerasModel, KerasTensorRef, KerasWeight } from '../read/keras-model.ts';

export type Weights = Readonly<Record<string, KerasWeight>>;

export interface NetworkLayer extends KerasLayer {
  /** By short name (`kernel`, `bias`, …), in the order in which Keras creates them. */
  readonly weights: Weights;
}

export interface Network {
  readonly name: string;
  /** Each after those that it takes inputs from. */
  readonly layers: readonly NetworkLayer[];
  readonly inputs: readonly KerasTensorRef[];
  readonly outputs: readonly KerasTensorRef[];
}

/** Keras creates weights in this order, and TensorFlow.js after it, whatever the layer's class. */
const ORDER = [
  'depthwise_kernel',
  'pointwise_kernel',
  'kernel',
  'alpha',
  'gamma',
  'bias',
  'beta',
  'moving_mean',
  'moving_variance',
];

/**
 * Read a network that can be trained.
 * @param path of a Keras `.h5` or `.keras`, or a LayersModel's `model.json`
 * @throws UserError as reading; `MODEL_UNSUPPORTED` for another kind of file, and for nested models
 */
export async function readNetwork(path: string): Promise<Network> {
  return networkOf(await readKeras(path), path);
}

async function readKeras(path: string): Promise<KerasModel> {
  switch (extname(path).toLowerCase()) {
    case '.h5':
    case '.hdf5': {
      readFile(path);
      return (await import('../read/keras-h5.ts')).readKerasH5(path);
    }
    case '.keras':
      return (await import('../read/keras-zip.ts')).readKerasZip(path);
    case '.json':
      return (await import('../read/tfjs.ts')).readTfjs(path);
    default:
      throw new UserError(
        'MODEL_UNSUPPORTED',
        `${path} cannot be trained: it does not hold layers`,
        'give a Keras .h5 or .keras, or the model.json of a LayersModel',
      );
  }
}

function networkOf({ name, layers, inputs, outputs, weights }: KerasModel, path: string): Network {
  const nested = layers.find(({ config }) => Array.isArray(config['layers']));
  if (nested !== undefined) {
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `${path} cannot be trained: its layer ${nested.name} is a model of its own`,
      'save the network with its layers side by side',
    );
  }
  return {
    name,
    inputs,
    outputs,
    layers: layers.map((layer) => ({ ...layer, weights: inOrder(weights(layer, [])) })),
  };
}

const inOrder = (weights: Weights): Weights =>
  Object.fromEntries(
    Object.entries(weights).toSorted(([a], [b]) => {
      const [first, second] = [ORDER.indexOf(a), ORDER.indexOf(b)];
      return first - second || (a < b ? -1 : 1);
    }),
  );

/** The network as the readers give one, for conversion. */
export const asKeras = (network: Network): KerasModel => ({
  ...network,
  weights: ({ name }) => network.layers.find((layer) => layer.name === name)?.weights ?? {},
});

/** How many numbers all its weights are. */
export const parametersOf = ({ layers }: Network): number =>
  layers.flatMap(({ weights }) => Object.values(weights)).reduce((sum, { values }) => sum + values.length, 0);
