// Reading FlatBuffers that may be damaged: every offset is checked before it is followed, and what is made of the file is
// bounded by its size, since offsets may lead to one vector from many places.

import { UserError } from '../../errors.ts';

/** Bytes that a table takes while it is read. */
const TABLE_BYTES = 64;
/** What may be made of a file, as a multiple of its size. */
const MOST = 4;

/** The file, and how many bytes may still be made of it. */
interface Source {
  readonly view: DataView;
  left: number;
}

/** A table of a FlatBuffer: fields by slot, each checked to lie inside the file. */
export class Table {
  readonly #source: Source;
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #vtableBytes: number;

  private constructor(source: Source, at: number) {
    const { view } = source;
    this.#source = source;
    this.#view = view;
    this.#at = at;
    this.#vtable = at - view.getInt32(within(view, at, 4), true);
    this.#vtableBytes = view.getUint16(within(view, this.#vtable, 4), true);
    within(view, this.#vtable, this.#vtableBytes);
  }

  /** @throws UserError `MODEL_DAMAGED` when the file does not carry `identifier` */
  static root(bytes: Uint8Array, identifier: string): Table {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    within(view, 0, 8);
    if (String.fromCharCode(...bytes.subarray(4, 8)) !== identifier) {
      throw damaged(`it does not carry the identifier ${identifier}`);
    }
    return new Table({ view, left: MOST * view.byteLength }, view.getUint32(0, true));
  }

  int(slot: number, initial = 0): number {
    const at = this.#field(slot, 4);
    return at === undefined ? initial : this.#view.getInt32(at, true);
  }

  byte(slot: number, initial = 0): number {
    const at = this.#field(slot, 1);
    return at === undefined ? initial : this.#view.getInt8(at);
  }

  float(slot: number, initial = 0): number {
    const at = this.#field(slot, 4);
    return at === undefined ? initial : this.#view.getFloat32(at, true);
  }

  text(slot: number): string | undefined {
    const vector = this.#vector(slot, 1);
    if (vector === undefined) return undefined;
    this.#spend(vector.count);
    return Buffer.from(this.#bytes(vector)).toString('utf8');
  }

  bytes(slot: number): Uint8Array | undefined {
    const vector = this.#vector(slot, 1);
    return vector && this.#bytes(vector);
  }

  ints(slot: number): readonly number[] {
    return this.#map(slot, 4, (at) => this.#view.getInt32(at, true));
  }

  floats(slot: number): readonly number[] {
    return this.#map(slot, 4, (at) => this.#view.getFloat32(at, true));
  }

  longs(slot: number): readonly number[] {
    return this.#map(slot, 8, (at) => Number(this.#view.getBigInt64(at, true)));
  }

  table(slot: number): Table | undefined {
    const at = this.#field(slot, 4);
    return at === undefined ? undefined : this.#follow(at);
  }

  tables(slot: number): readonly Table[] {
    return this.#map(slot, 4, (at) => this.#follow(at), TABLE_BYTES);
  }

  #follow(at: number): Table {
    return new Table(this.#source, at + this.#view.getUint32(at, true));
  }

  #field(slot: number, bytes: number): number | undefined {
    const entry = 4 + 2 * slot;
    if (entry + 2 > this.#vtableBytes) return undefined;
    const offset = this.#view.getUint16(this.#vtable + entry, true);
    return offset === 0 ? undefined : within(this.#view, this.#at + offset, bytes);
  }

  #vector(slot: number, bytes: number): { readonly at: number; readonly count: number } | undefined {
    const field = this.#field(slot, 4);
    if (field === undefined) return undefined;
    const start = within(this.#view, field + this.#view.getUint32(field, true), 4);
    const count = this.#view.getUint32(start, true);
    return { at: within(this.#view, start + 4, count * bytes), count };
  }

  #map<T>(slot: number, bytes: number, read: (at: number) => T, cost = 8): readonly T[] {
    const vector = this.#vector(slot, bytes);
    this.#spend((vector?.count ?? 0) * cost);
    return Array.from({ length: vector?.count ?? 0 }, (_, index) => read(vector!.at + index * bytes));
  }

  #spend(bytes: number): void {
    this.#source.left -= bytes;
    if (this.#source.left < 0) throw damaged('its vectors lie one upon another');
  }

  #bytes({ at, count }: { readonly at: number; readonly count: number }): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, count);
  }
}

function within(view: DataView, at: number, bytes: number): number {
  if (at < 0 || at + bytes > view.byteLength) {
    throw damaged(`an offset points to byte ${at + bytes} of ${view.byteLength}`);
  }
  return at;
}

/** What a file is when it does not follow its own format. */
export const damaged = (why: string): UserError =>
  new UserError('MODEL_DAMAGED', `the file is damaged: ${why}`, 'export the model again, or fetch it again');
