// Writes NumPy's .npz: the form in which samples are read.

import { crc32, deflateRawSync } from 'node:zlib';

export interface WrittenArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array | Float32Array;
}

/** One array as `.npy`. */
export function npyBytes({ shape, values }: WrittenArray): Uint8Array {
  const type = values instanceof Uint8Array ? '|u1' : '<f4';
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // The header ends with a line feed at a multiple of 64 bytes.
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([start, Buffer.from(header), data]);
}

/**
 * Arrays by name as `.npz`, without times.
 * @param packed deflated: smaller, and of other bytes where zlib is another
 */
export function npzBytes(arrays: Readonly<Record<string, WrittenArray>>, packed: boolean): Uint8Array {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [key, array] of Object.entries(arrays)) {
    const name = Buffer.from(`${key}.npy`);
    const content = npyBytes(array);
    const stored = packed ? deflateRawSync(content, { level: 9 }) : content;
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(packed ? 8 : 0, 4);
    // 1980-01-01, the first day that the format has.
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(stored.byteLength, 14);
    common.writeUInt32LE(content.byteLength, 18);
    common.writeUInt16LE(name.byteLength, 22);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(at, 10);
    files.push(Buffer.from('PK\u0003\u0004'), common, name, Buffer.from(stored));
    directory.push(Buffer.from('PK\u0001\u0002\u0014\u0000'), common, entry, name);
    at += 30 + name.byteLength + stored.byteLength;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(Object.keys(arrays).length, 8);
  end.writeUInt16LE(Object.keys(arrays).length, 10);
  end.writeUInt32LE(list.byteLength, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, list, end]);
}
