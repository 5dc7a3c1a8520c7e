// Reads Keras' legacy .h5 files: the whole model, architecture and weights.

import { File as H5File, ready, type Dataset, type Group } from 'h5wasm/node';
import { UserError } from '../../errors.ts';
import { parseKerasConfig, type KerasModel, type KerasWeight } from './keras-model.ts';

/**
 * Read a Keras `.h5` file that holds a whole model.
 * @param path of the file
 * @throws UserError `MODEL_DAMAGED` when it is no HDF5 file or truncated; `MODEL_UNSUPPORTED` when it holds weights only
 */
export async function readKerasH5(path: string): Promise<KerasModel> {
  await ready;
  const file = open(path);
  try {
    const config: unknown = file.attrs['model_config']?.value;
    if (typeof config !== 'string') {
      throw new UserError(
        'MODEL_UNSUPPORTED',
        `${path} holds weights without an architecture`,
        'save the whole model: model.save("model.h5"), not save_weights',
      );
    }
    const weights = readWeights(file, path);
    return parseKerasConfig(config, (layer) => weights.get(layer) ?? {});
  } finally {
    file.close();
  }
}

function open(path: string): H5File {
  let file: H5File;
  try {
    file = new H5File(path, 'r');
    file.keys();
  } catch (cause) {
    throw new UserError(
      'MODEL_DAMAGED',
      `${path} is not a whole HDF5 file`,
      'export the model again, or fetch it again',
      { cause },
    );
  }
  return file;
}

function readWeights(file: H5File, path: string): ReadonlyMap<string, Readonly<Record<string, KerasWeight>>> {
  const root = file.get('model_weights') as Group | null;
  const layers = new Map<string, Readonly<Record<string, KerasWeight>>>();
  for (const layer of root?.keys() ?? []) {
    const group = root!.get(layer) as Group;
    const names = group.attrs['weight_names']?.value;
    const own: Record<string, KerasWeight> = {};
    for (const name of Array.isArray(names) ? (names as string[]) : []) {
      own[shortName(name)] = readDataset(group.get(name) as Dataset | null, `${path}: ${layer}/${name}`);
    }
    layers.set(layer, own);
  }
  return layers;
}

/** `conv2d/kernel:0` → `kernel`. */
const shortName = (name: string): string => name.split('/').at(-1)!.replace(/:\d+$/, '');

function readDataset(dataset: Dataset | null, place: string): KerasWeight {
  const value: unknown = dataset?.value;
  if (dataset === null || !(value instanceof Float32Array || value instanceof Float64Array)) {
    throw new UserError(
      'MODEL_DAMAGED',
      `${place} is missing or not of floats`,
      'export the model again, or fetch it again',
    );
  }
  const values = Float32Array.from(value);
  const wrong = values.findIndex((number) => !Number.isFinite(number));
  if (wrong >= 0) {
    throw new UserError(
      'MODEL_DAMAGED',
      `${place} holds ${values[wrong]} at index ${wrong}`,
      'train the model again: a weight that is no number spoils every output',
    );
  }
  return { shape: dataset.shape ?? [], values };
}
