// Reads Keras' legacy .h5 files: the whole model, architecture and weights.

import { UserError } from '../../errors.ts';
import { readFile } from '../read-file.ts';
import { readWeight, withHdf5, type Hdf5Group } from './hdf5.ts';
import { parseKerasConfig, weightsByPath, type KerasModel, type KerasWeight } from './keras-model.ts';

/**
 * Read a Keras `.h5` file that holds a whole model.
 * @param path of the file
 * @throws UserError `FILE_READ`, `MODEL_DAMAGED` when it is no HDF5 file or truncated; `MODEL_UNSUPPORTED` when it holds weights only
 */
export const readKerasH5 = (path: string): Promise<KerasModel> =>
  withHdf5(readFile(path), path, (file) => modelIn(file, path));

/** The model that an open file holds. @throws UserError as {@link readKerasH5} */
export function modelIn(file: Hdf5Group, path: string): KerasModel {
  const config = file.text('model_config');
  if (typeof config !== 'string') {
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `${path} holds weights without an architecture`,
      'save the whole model: model.save("model.h5"), not save_weights',
    );
  }
  return parseKerasConfig(config, weightsByPath(readWeights(file, path)));
}

/** By the path that Keras gives them below the group of an outermost layer. */
function readWeights(file: Hdf5Group, path: string): ReadonlyMap<string, KerasWeight> {
  const root = file.group('model_weights');
  const weights = new Map<string, KerasWeight>();
  for (const layer of root?.keys() ?? []) {
    const group = root!.group(layer);
    const names = group?.text('weight_names');
    for (const name of typeof names === 'object' ? names : [])
      weights.set(`${layer}/${name}`, readWeight(group!, name, `${path}: ${layer}/${name}`));
  }
  return weights;
}
