// Reads NumPy's .npy and .npz: the usual form of calibration and test data.

import { inflateRawSync } from 'node:zlib';
import { UserError } from '../errors.ts';

export interface NumpyArray {
  readonly shape: readonly number[];
  /** Values as numbers; integers up to 2^53. */
  readonly values: Float32Array | Float64Array | Int32Array | Uint8Array | Int8Array | Int16Array;
}

const READERS: Readonly<Record<string, (bytes: Uint8Array) => NumpyArray['values']>> = {
  '<f4': (bytes) => new Float32Array(new Uint8Array(bytes).buffer),
  '<f8': (bytes) => new Float64Array(new Uint8Array(bytes).buffer),
  '<i4': (bytes) => new Int32Array(new Uint8Array(bytes).buffer),
  '<i2': (bytes) => new Int16Array(new Uint8Array(bytes).buffer),
  '<i8': (bytes) => Float64Array.from(new BigInt64Array(new Uint8Array(bytes).buffer), Number),
  '|i1': (bytes) => new Int8Array(new Uint8Array(bytes).buffer),
  '|u1': (bytes) => new Uint8Array(bytes),
  '|b1': (bytes) => new Uint8Array(bytes),
};

/** Read one `.npy`. @throws UserError `MODEL_DAMAGED` or `MODEL_UNSUPPORTED`, naming `place` */
export function readNpy(bytes: Uint8Array, place: string): NumpyArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 12 || bytes[0] !== 0x93 || text(bytes.subarray(1, 6)) !== 'NUMPY') {
    throw broken(place, 'it does not begin as a NumPy array does');
  }
  const wide = bytes[6]! >= 2;
  const start = wide ? 12 : 10;
  const headerBytes = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const header = text(bytes.subarray(start, start + headerBytes));
  const [, type = ''] = /'descr':\s*'([^']+)'/.exec(header) ?? [];
  const [, dimensions] = /'shape':\s*\(([^)]*)\)/.exec(header) ?? [];
  const read = READERS[type];
  if (read === undefined || dimensions === undefined || /'fortran_order':\s*True/.test(header)) {
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `${place} holds an array of type ${type || 'unknown'} or in Fortran order`,
      'save it as float32 in C order: np.ascontiguousarray(x, np.float32)',
    );
  }
  const shape = dimensions
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  const bytesEach = Number(type.slice(2));
  const data = bytes.subarray(start + headerBytes);
  if (data.byteLength !== count * bytesEach) {
    throw broken(
      place,
      `its shape (${shape.join(', ')}) needs ${count * bytesEach} bytes, it has ${data.byteLength}`,
    );
  }
  return { shape, values: read(data) };
}

/** Read the arrays of a `.npz` by name. @throws UserError as {@link readNpy} */
export function readNpz(bytes: Uint8Array, place: string): Readonly<Record<string, NumpyArray>> {
  return Object.fromEntries(
    [...zipEntries(bytes, place)]
      .filter(([name]) => name.endsWith('.npy'))
      .map(([name, content]) => [name.slice(0, -4), readNpy(content, `${place}: ${name}`)]),
  );
}

/** More than this, inflated, is no array of ours but a bomb. */
const MOST_BYTES = 2 ** 30;

/**
 * The files of a zip archive, by name, in the order of its directory.
 * @throws UserError `MODEL_DAMAGED` for a damaged archive, or one that inflates to more than 1 GiB or 1,000 times its size
 */
export function zipEntries(bytes: Uint8Array, place: string): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = lastIndexOf(view, 0x06054b50);
  if (end < 0) throw broken(place, 'it has no zip directory');
  const entries = new Map<string, Uint8Array>();
  let at = view.getUint32(end + 16, true);
  let total = 0;
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (at + 46 > bytes.byteLength || view.getUint32(at, true) !== 0x02014b50)
      throw broken(place, 'its zip directory is damaged');
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const nameBytes = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const name = text(bytes.subarray(at + 46, at + 46 + nameBytes));
    total += size;
    if (total > MOST_BYTES || size > 1000 * Math.max(packed, 1024))
      throw broken(place, `${name} would inflate to ${size} bytes`);
    entries.set(name, inflate(bytes, view, { local, packed, size, method }, `${place}: ${name}`));
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

function inflate(
  bytes: Uint8Array,
  view: DataView,
  entry: { readonly local: number; readonly packed: number; readonly size: number; readonly method: number },
  place: string,
): Uint8Array {
  const { local, packed, size, method } = entry;
  if (local + 30 > bytes.byteLength) throw broken(place, 'it lies outside the archive');
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const content = bytes.subarray(start, start + packed);
  if (content.byteLength !== packed || (method !== 0 && method !== 8))
    throw broken(place, 'it is cut off or packed in a way that is not known');
  if (method === 0) return content;
  try {
    return inflateRawSync(content, { maxOutputLength: Math.max(size, 1) });
  } catch (cause) {
    throw broken(place, 'it does not inflate', cause);
  }
}

function lastIndexOf(view: DataView, signature: number): number {
  for (let at = view.byteLength - 22; at >= 0; at--) if (view.getUint32(at, true) === signature) return at;
  return -1;
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const broken = (place: string, why: string, cause?: unknown): UserError =>
  new UserError('MODEL_DAMAGED', `${place} is damaged: ${why}`, 'make the file again, or fetch it again', {
    cause,
  });
