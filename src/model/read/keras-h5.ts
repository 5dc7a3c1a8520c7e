// Reads Keras' legacy .h5 files: the whole model, architecture and weights.

import { UserError } from '../../errors.ts';
import { groupIn, readDataset, withHdf5, type Dataset, type Group } from './hdf5.ts';
import { parseKerasConfig, weightsByPath, type KerasModel, type KerasWeight } from './keras-model.ts';

/**
 * Read a Keras `.h5` file that holds a whole model.
 * @param path of the file
 * @throws UserError `MODEL_DAMAGED` when it is no HDF5 file or truncated; `MODEL_UNSUPPORTED` when it holds weights only
 */
export const readKerasH5 = (path: string): Promise<KerasModel> =>
  withHdf5(path, path, (file) => {
    const config: unknown = file.attrs['model_config']?.value;
    if (typeof config !== 'string') {
      throw new UserError(
        'MODEL_UNSUPPORTED',
        `${path} holds weights without an architecture`,
        'save the whole model: model.save("model.h5"), not save_weights',
      );
    }
    return parseKerasConfig(config, weightsByPath(readWeights(file, path)));
  });

/** By the path that Keras gives them below the group of an outermost layer. */
function readWeights(file: Group, path: string): ReadonlyMap<string, KerasWeight> {
  const root = groupIn(file, 'model_weights');
  const weights = new Map<string, KerasWeight>();
  for (const layer of root?.keys() ?? []) {
    const group = root!.get(layer) as Group;
    const names = group.attrs['weight_names']?.value;
    for (const name of Array.isArray(names) ? (names as string[]) : []) {
      weights.set(
        `${layer}/${name}`,
        readDataset(group.get(name) as Dataset | null, `${path}: ${layer}/${name}`),
      );
    }
  }
  return weights;
}
