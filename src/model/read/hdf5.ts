// Reading HDF5, the format in which Keras keeps weights.

import { File as H5File, ready, type Dataset, type Group } from 'h5wasm/node';
import { UserError } from '../../errors.ts';
import { finite } from './finite.ts';
import type { KerasWeight } from './keras-model.ts';

export type { Dataset, Group } from 'h5wasm/node';

/**
 * Open an HDF5 file, use it and close it.
 * @param place what messages call it
 * @throws UserError `MODEL_DAMAGED` when it is no HDF5 file, or is cut off
 */
export async function withHdf5<T>(path: string, place: string, use: (file: H5File) => T): Promise<T> {
  const module = await ready;
  // Without it, the library prints its stack to stderr and goes on.
  module.activate_throwing_error_handler();
  let file: H5File | undefined;
  try {
    file = new H5File(path, 'r');
    file.keys();
    return use(file);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      'MODEL_DAMAGED',
      `${place} is not a whole HDF5 file`,
      'export the model again, or fetch it again',
      { cause },
    );
  } finally {
    file?.close();
  }
}

/** The group below another, or `undefined`. */
export const groupIn = (group: Group, name: string): Group | undefined =>
  group.keys().includes(name) ? (group.get(name) as Group) : undefined;

/** Read a weight. @throws UserError `MODEL_DAMAGED` where it is missing, not of floats, or holds what is no number */
export function readDataset(dataset: Dataset | null, place: string): KerasWeight {
  const value: unknown = dataset?.value;
  if (dataset === null || !(value instanceof Float32Array || value instanceof Float64Array)) {
    throw new UserError(
      'MODEL_DAMAGED',
      `${place} is missing or not of floats`,
      'export the model again, or fetch it again',
    );
  }
  return { shape: dataset.shape ?? [], values: finite(Float32Array.from(value), place) };
}
