// Reads HDF5 as Keras writes it: the oldest superblock, groups as symbol tables, whole arrays, no filters. Loading the
// library that reads everything takes longer than all the rest of a conversion; what is not plain is left to it.
// Source: HDF5 File Format Specification 3.0, https://docs.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html

import { Bytes, NotPlain } from './hdf5-bytes.ts';
import type { Hdf5Group, Hdf5Numbers } from './hdf5.ts';

const SIGNATURE = '\u0089HDF\r\n\u001a\n';
const MESSAGE = {
  dataspace: 1,
  datatype: 3,
  layout: 8,
  filter: 11,
  attribute: 12,
  continuation: 16,
  symbols: 17,
};
const SHARED = 2;
/** Deeper trees and longer chains are made to keep a reader busy. */
const DEEPEST = 32;
const MOST_MESSAGES = 4096;

interface Message {
  readonly kind: number;
  readonly at: number;
}

/** The root group of a file. @throws NotPlain */
export function openPlain(all: Uint8Array): Hdf5Group {
  const bytes = new Bytes(all);
  bytes.expect(0, SIGNATURE);
  const [superblock, offsets, lengths, base] = [bytes.u8(8), bytes.u8(13), bytes.u8(14), bytes.u64(24)];
  if (superblock !== 0 || offsets !== 8 || lengths !== 8 || base !== 0) throw new NotPlain('superblock');
  // The end, as it was when the file was written.
  bytes.slice(0, bytes.u64(40));
  return new Group(bytes, bytes.u64(64));
}

class Group implements Hdf5Group {
  readonly #bytes: Bytes;
  readonly #messages: readonly Message[];
  readonly #members: ReadonlyMap<string, number>;
  readonly #isGroup: boolean;

  constructor(bytes: Bytes, header: number) {
    this.#bytes = bytes;
    this.#messages = messagesOf(bytes, header);
    const symbols = this.#messages.find(({ kind }) => kind === MESSAGE.symbols);
    this.#isGroup = symbols !== undefined;
    this.#members = symbols === undefined ? new Map<string, number>() : membersOf(bytes, symbols.at);
  }

  keys = (): readonly string[] => [...this.#members.keys()];

  /** By a path of names. */
  #find(path: string): number | undefined {
    const [name = '', ...rest] = path.split('/');
    const header = this.#members.get(name);
    if (header === undefined || rest.length === 0) return header;
    return new Group(this.#bytes, header).#find(rest.join('/'));
  }

  group(path: string): Group | undefined {
    const header = this.#find(path);
    if (header === undefined) return undefined;
    const found = new Group(this.#bytes, header);
    return found.#isGroup ? found : undefined;
  }

  numbers(path: string): Hdf5Numbers | undefined {
    const header = this.#find(path);
    return header === undefined ? undefined : numbersOf(this.#bytes, header);
  }

  text(attribute: string): string | readonly string[] | undefined {
    for (const { kind, at } of this.#messages) {
      if (kind !== MESSAGE.attribute) continue;
      const found = attributeOf(this.#bytes, at, attribute);
      if (found !== undefined) return found.texts;
    }
    return undefined;
  }
}

/** The messages of an object's header, through all its continuations. */
function messagesOf(bytes: Bytes, header: number): readonly Message[] {
  if (bytes.u8(header) !== 1) throw new NotPlain('object header');
  const messages: Message[] = [];
  const blocks = [[header + 16, bytes.u32(header + 8)] as const];
  for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
    const [start, length] = block;
    bytes.slice(start, length);
    for (let at = start; at + 8 <= start + length; at += 8 + bytes.u16(at + 2)) {
      if (messages.push({ kind: bytes.u16(at), at: at + 8 }) > MOST_MESSAGES) throw new NotPlain('messages');
      if ((bytes.u8(at + 4) & SHARED) !== 0) throw new NotPlain('shared message');
      if (bytes.u16(at) === MESSAGE.continuation) blocks.push([bytes.u64(at + 8), bytes.u64(at + 16)]);
    }
  }
  return messages;
}

/** Names of a group's members and where their headers are. */
function membersOf(bytes: Bytes, symbols: number): ReadonlyMap<string, number> {
  const [tree, heap] = [bytes.u64(symbols), bytes.u64(symbols + 8)];
  bytes.expect(heap, 'HEAP');
  const names = bytes.u64(heap + 24);
  const nameBytes = bytes.u64(heap + 8);
  const members = new Map<string, number>();
  const walk = (node: number, depth: number): void => {
    if (depth > DEEPEST) throw new NotPlain('deep tree');
    bytes.expect(node, 'TREE');
    const [level, count] = [bytes.u8(node + 5), bytes.u16(node + 6)];
    for (let child = 0; child < count; child++) {
      const at = bytes.u64(node + 32 + 16 * child);
      if (level > 0) walk(at, depth + 1);
      else leaf(at);
    }
  };
  const leaf = (node: number): void => {
    bytes.expect(node, 'SNOD');
    for (let entry = node + 8; entry < node + 8 + 40 * bytes.u16(node + 6); entry += 40) {
      // What is cached tells a link by name apart.
      if (bytes.u32(entry + 16) > 1) throw new NotPlain('link');
      const name = bytes.u64(entry);
      members.set(bytes.text(names + name, nameBytes - name), bytes.u64(entry + 8));
    }
  };
  walk(tree, 0);
  return members;
}

/** @returns `undefined` for what holds no array of floats */
function numbersOf(bytes: Bytes, header: number): Hdf5Numbers | undefined {
  const messages = messagesOf(bytes, header);
  const find = (wanted: number): number | undefined => messages.find(({ kind }) => kind === wanted)?.at;
  const [space, type, layout] = [find(MESSAGE.dataspace), find(MESSAGE.datatype), find(MESSAGE.layout)];
  if (space === undefined || type === undefined || layout === undefined) return undefined;
  if (find(MESSAGE.filter) !== undefined) throw new NotPlain('filter');
  const size = bytes.u32(type + 4);
  if ((bytes.u8(type) & 15) !== FLOAT) return undefined;
  // The order of bytes, then where sign, exponent and fraction are.
  const [order, fields] = [bytes.u8(type + 1) & 1, bytes.slice(type + 8, 8).join()];
  if (order !== 0 || fields !== (size === 4 ? '0,0,32,0,23,8,0,23' : '0,0,64,0,52,11,0,52'))
    throw new NotPlain('floats');
  const shape = shapeOf(bytes, space);
  if (shape.length === 0) return undefined;
  const wanted = shape.reduce((product, length) => product * length, size);
  const [version, kind] = [bytes.u8(layout), bytes.u8(layout + 1)];
  if (version !== 3 || kind > 1) throw new NotPlain('layout');
  const [at, length] =
    kind === 1 ? [bytes.u64(layout + 2), bytes.u64(layout + 10)] : [layout + 4, bytes.u16(layout + 2)];
  if (length !== wanted) throw new NotPlain('length');
  const copy = new Uint8Array(bytes.slice(at, length)).buffer;
  return { shape, values: size === 4 ? new Float32Array(copy) : new Float64Array(copy) };
}

const FLOAT = 1;
const TEXT = 3;
const REFERENCES = 9;

function shapeOf(bytes: Bytes, space: number): readonly number[] {
  const [version, rank] = [bytes.u8(space), bytes.u8(space + 1)];
  if (version !== 1 && version !== 2) throw new NotPlain('dataspace');
  return Array.from({ length: rank }, (_, axis) => bytes.u64(space + (version === 1 ? 8 : 4) + 8 * axis));
}

/** An attribute's texts, where it is the one that is asked for; one that holds no text has none. */
function attributeOf(
  bytes: Bytes,
  at: number,
  wanted: string,
): { readonly texts: string | readonly string[] | undefined } | undefined {
  const version = bytes.u8(at);
  const sizes = [bytes.u16(at + 2), bytes.u16(at + 4), bytes.u16(at + 6)] as const;
  if (version !== 1 && version !== 3) throw new NotPlain('attribute');
  if (version === 3 && bytes.u8(at + 1) !== 0) throw new NotPlain('shared type');
  const padded = (size: number): number => (version === 1 ? Math.ceil(size / 8) * 8 : size);
  const name = at + (version === 1 ? 8 : 9);
  if (bytes.text(name, sizes[0]) !== wanted) return undefined;
  const type = name + padded(sizes[0]);
  const space = type + padded(sizes[1]);
  const data = space + padded(sizes[2]);
  const shape = shapeOf(bytes, space);
  const count = shape.reduce((product, length) => product * length, 1);
  const [kind, size] = [bytes.u8(type) & 15, bytes.u32(type + 4)];
  if (kind === REFERENCES && (bytes.u8(type + 1) & 15) !== 1) return { texts: undefined };
  if (kind !== TEXT && kind !== REFERENCES) return { texts: undefined };
  bytes.slice(data, count * size);
  const texts = Array.from({ length: count }, (_, index) =>
    kind === TEXT ? bytes.text(data + index * size, size) : referred(bytes, data + index * size),
  );
  return { texts: shape.length === 0 ? texts[0] : texts };
}

/** A text of any length stands in a heap. */
function referred(bytes: Bytes, at: number): string {
  const [length, heap, wanted] = [bytes.u32(at), bytes.u64(at + 4), bytes.u32(at + 12)];
  if (length === 0) return '';
  bytes.expect(heap, 'GCOL');
  const end = heap + bytes.u64(heap + 8);
  for (let object = heap + 16; object + 16 <= end; object += 16 + Math.ceil(bytes.u64(object + 8) / 8) * 8) {
    if (bytes.u16(object) === wanted) return bytes.text(object + 16, length);
    if (bytes.u16(object) === 0) break;
  }
  throw new NotPlain('heap');
}
