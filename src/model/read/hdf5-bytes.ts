// The bytes of a plain HDF5 file, read at offsets.

/** Thrown for what this reader does not know, and for what is damaged: the library tells which. */
export class NotPlain extends Error {
  override readonly name = 'NotPlain';
}

/** Numbers at offsets; one outside the file is not plain. */
export class Bytes {
  readonly #view: DataView;
  readonly all: Uint8Array;

  constructor(all: Uint8Array) {
    this.all = all;
    this.#view = new DataView(all.buffer, all.byteOffset, all.byteLength);
  }

  slice(at: number, length: number): Uint8Array {
    if (!(at >= 0 && length >= 0 && at + length <= this.all.byteLength))
      throw new NotPlain(`${length} bytes at ${at}`);
    return this.all.subarray(at, at + length);
  }

  u8 = (at: number): number => this.slice(at, 1)[0]!;

  u16(at: number): number {
    this.slice(at, 2);
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    this.slice(at, 4);
    return this.#view.getUint32(at, true);
  }

  u64 = (at: number): number => this.u32(at) + this.u32(at + 4) * 2 ** 32;

  /** Up to a zero byte, or `length` bytes. */
  text(at: number, length: number): string {
    const bytes = this.slice(at, length);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  expect(at: number, text: string): void {
    const found = String.fromCharCode(...this.slice(at, text.length));
    if (found !== text) throw new NotPlain(`no ${text} at ${at}`);
  }
}
