// Reading HDF5, the format in which Keras keeps weights.

import { UserError } from '../../errors.ts';
import { finite } from './finite.ts';
import { NotPlain } from './hdf5-bytes.ts';
import { openPlain } from './hdf5-plain.ts';
import type { KerasWeight } from './keras-model.ts';

/** An array of floats. */
export interface Hdf5Numbers {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

/** A group; paths are names joined by slashes. */
export interface Hdf5Group {
  keys(): readonly string[];
  group(path: string): Hdf5Group | undefined;
  /** `undefined` where there is none, or it is no array of floats. */
  numbers(path: string): Hdf5Numbers | undefined;
  /** The text, or texts, of an attribute. */
  text(attribute: string): string | readonly string[] | undefined;
}

/**
 * Read an HDF5 file.
 * @param place what messages call it
 * @param use what to take from it; called again where the file turns out to be of a rarer kind
 * @throws UserError `MODEL_DAMAGED` when it is no HDF5 file, or is cut off
 */
export async function withHdf5<T>(bytes: Uint8Array, place: string, use: (root: Hdf5Group) => T): Promise<T> {
  try {
    return use(openPlain(bytes));
  } catch (error) {
    if (!(error instanceof NotPlain)) throw error;
    // 4 MB of WebAssembly.
    const { withLibrary } = await import('./hdf5-library.ts');
    return withLibrary(bytes, place, use);
  }
}

/** Read a weight. @throws UserError `MODEL_DAMAGED` where it is missing, not of floats, or holds what is no number */
export function readWeight(group: Hdf5Group, path: string, place: string): KerasWeight {
  const numbers = group.numbers(path);
  if (numbers === undefined) {
    throw new UserError(
      'MODEL_DAMAGED',
      `${place} is missing or not of floats`,
      'export the model again, or fetch it again',
    );
  }
  return { shape: numbers.shape, values: finite(Float32Array.from(numbers.values), place) };
}
