// Reads Keras 3's .keras files: a zip of the architecture as JSON and the weights as HDF5, numbered in order of creation.

import { UserError } from '../../errors.ts';
import { zipEntries } from '../npz.ts';
import { readFile } from '../read-file.ts';
import { readWeight, withHdf5, type Hdf5Group } from './hdf5.ts';
import { parseKerasConfig, type KerasLayer, type KerasModel, type KerasWeight } from './keras-model.ts';

/** Names of a layer's weights in the order in which Keras creates them, by class. */
const ORDER: Readonly<Record<string, readonly string[]>> = {
  BatchNormalization: ['gamma', 'beta', 'moving_mean', 'moving_variance'],
  SeparableConv2D: ['depthwise_kernel', 'pointwise_kernel', 'bias'],
  PReLU: ['alpha'],
  Normalization: ['mean', 'variance', 'count'],
};
const USUAL = ['kernel', 'bias'];

/**
 * Read a `.keras` file.
 * @throws UserError `FILE_READ`, `MODEL_DAMAGED` for what is no archive, a bomb, or cut off; `MODEL_UNSUPPORTED`
 */
export async function readKerasZip(path: string): Promise<KerasModel> {
  const entries = zipEntries(readFile(path), path);
  const [config, weights] = [entries.get('config.json'), entries.get('model.weights.h5')];
  if (config === undefined || weights === undefined) {
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `${path} holds ${[...entries.keys()].join(', ') || 'nothing'}, no config.json with model.weights.h5`,
      'save it with Keras 3: model.save("model.keras")',
    );
  }
  const place = `${path}: model.weights.h5`;
  const read = await withHdf5(weights, place, (root) => readContainer(root, [], place));
  return parseKerasConfig(Buffer.from(config).toString('utf8'), (layer, outer) =>
    named(layer, read.get([...outer, layer.name].join('/')) ?? []),
  );
}

/** Weights of each layer by path of names: folders are numbered by class, the name stands in an attribute. */
function readContainer(
  group: Hdf5Group,
  outer: readonly string[],
  place: string,
): ReadonlyMap<string, readonly KerasWeight[]> {
  const found = new Map<string, readonly KerasWeight[]>();
  const layers = group.group('layers');
  for (const folder of layers?.keys() ?? []) {
    const layer = layers!.group(folder);
    if (layer === undefined) continue;
    const vars = layer.group('vars');
    const name = vars?.text('name');
    const path = [...outer, typeof name === 'string' ? name : folder];
    const values = (vars?.keys() ?? [])
      .toSorted((a, b) => Number(a) - Number(b))
      // Counters are no weights.
      .filter((number) => vars!.numbers(number) !== undefined)
      .map((number, index) => readWeight(vars!, number, `${place}: ${path.join('/')}/${index}`));
    found.set(path.join('/'), values);
    for (const [inner, weights] of readContainer(layer, path, place)) found.set(inner, weights);
  }
  return found;
}

function named(layer: KerasLayer, values: readonly KerasWeight[]): Readonly<Record<string, KerasWeight>> {
  const { kind, config } = layer;
  const names = (ORDER[kind] ?? USUAL).filter(
    (name) =>
      kind !== 'BatchNormalization' ||
      ((name !== 'gamma' || config['scale'] !== false) && (name !== 'beta' || config['center'] !== false)),
  );
  return Object.fromEntries(
    values.flatMap((value, index) => (names[index] === undefined ? [] : [[names[index], value]])),
  );
}
