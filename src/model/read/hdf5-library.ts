// HDF5 of any kind, by the library that HDF5's makers compiled to WebAssembly.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dataset, File as H5File, Group, ready } from 'h5wasm/node';
import { UserError } from '../../errors.ts';
import type { Hdf5Group } from './hdf5.ts';

/**
 * Open an HDF5 file, use it and close it.
 * @param place what messages call it
 * @throws UserError `MODEL_DAMAGED` when it is no HDF5 file, or is cut off
 */
export async function withLibrary<T>(
  bytes: Uint8Array,
  place: string,
  use: (root: Hdf5Group) => T,
): Promise<T> {
  const module = await ready;
  // Without it, the library prints its stack to stderr and goes on.
  module.activate_throwing_error_handler();
  // It reads files alone.
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-hdf5-'));
  let file: H5File | undefined;
  try {
    const path = join(folder, 'file.h5');
    writeFileSync(path, bytes);
    file = new H5File(path, 'r');
    file.keys();
    return use(view(file));
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
    rmSync(folder, { recursive: true, force: true });
  }
}

function view(group: Group): Hdf5Group {
  // Asking for what is not there is an error.
  const get = (path: string): unknown =>
    group.keys().includes(path.split('/')[0]!) ? group.get(path) : undefined;
  return {
    keys: () => group.keys(),
    group(path) {
      const found = get(path);
      return found instanceof Group ? view(found) : undefined;
    },
    numbers(path) {
      const found = get(path);
      const values: unknown = found instanceof Dataset ? found.value : undefined;
      return found instanceof Dataset && (values instanceof Float32Array || values instanceof Float64Array)
        ? { shape: found.shape ?? [], values }
        : undefined;
    },
    text(attribute) {
      const value: unknown = group.attrs[attribute]?.value;
      return typeof value === 'string' || Array.isArray(value) ? (value as string | string[]) : undefined;
    },
  };
}
