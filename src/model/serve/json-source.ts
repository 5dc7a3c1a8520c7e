// Reads JSON where it lies, without making objects of it: a picture in JSON is a million numbers, which as values of
// JavaScript take ten times the memory that they take as text. Takes NaN and Infinity, as TensorFlow Serving does.

import { invalid } from './refusal.ts';

type Kind = 'Object' | 'Array' | 'String' | 'Number' | 'True' | 'False' | 'Null';

const WORDS = new Set(['true', 'false', 'null', 'NaN', 'Infinity', 'Inf', '-Infinity', '-Inf']);
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Deeper than any tensor; a bound, so that no request exhausts the stack. */
const MAX_DEPTH = 64;
/** Of a value that a message repeats. */
const SHOWN_CHARACTERS = 80;

const code = (character: string): number => character.charCodeAt(0);
const [OPEN, CLOSE, LIST, END, QUOTE, BACKSLASH, COMMA, COLON] = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\',
  ',',
  ':',
].map(code) as [number, number, number, number, number, number, number, number];
const ZERO = code('0');
const MINUS = code('-');
const DOT = code('.');
const EXPONENT = code('e');

/** By first byte; all else is a number. */
const KINDS: Readonly<Record<number, Kind>> = {
  [OPEN]: 'Object',
  [LIST]: 'Array',
  [QUOTE]: 'String',
  [code('t')]: 'True',
  [code('f')]: 'False',
  [code('n')]: 'Null',
};
/** Exact as doubles. */
const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** A JSON document that was found to be well formed. Values are named by the offset where they begin. */
export class JsonSource {
  readonly #bytes: Buffer;
  /** Where the document's value begins. */
  readonly root: number;

  /** @throws Refusal in RapidJSON's words, with the offset */
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.root = this.#space(0);
    if (this.root === bytes.byteLength) throw parseError('The document is empty.', this.root);
    const end = this.#space(this.#check(this.root, 0));
    if (end !== bytes.byteLength)
      throw parseError('The document root must not be followed by other values.', end);
  }

  kind(at: number): Kind {
    return KINDS[this.#bytes[at]!] ?? 'Number';
  }

  /** Values of an object's members by name; of members with one name the first, as RapidJSON finds it. */
  members(at: number): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    let next = this.#space(at + 1);
    while (this.#bytes[next] !== CLOSE) {
      const name = this.string(next);
      const value = this.#space(this.#space(this.end(next)) + 1);
      if (!found.has(name)) found.set(name, value);
      next = this.#space(this.end(value));
      if (this.#bytes[next] === COMMA) next = this.#space(next + 1);
    }
    return found;
  }

  /** The first element of a list, or undefined where it has none. */
  first(at: number): number | undefined {
    const next = this.#space(at + 1);
    return this.#bytes[next] === END ? undefined : next;
  }

  /** The element after one that ends at an offset, or undefined where the list does. */
  next(end: number): number | undefined {
    const next = this.#space(end);
    return this.#bytes[next] === COMMA ? this.#space(next + 1) : undefined;
  }

  /** Offset behind the closing bracket of a list whose last element ends at an offset. */
  close(end: number): number {
    return this.#space(end) + 1;
  }

  /** Offset behind a value. */
  end(at: number): number {
    return this.#check(at, 0);
  }

  string(at: number): string {
    return JSON.parse(this.#bytes.toString('utf8', at, this.end(at))) as string;
  }

  /** The text of a value, cut to what a message can hold. */
  text(at: number): string {
    const whole = this.#bytes.toString('utf8', at, Math.min(this.end(at), at + 4 * SHOWN_CHARACTERS));
    return whole.length > SHOWN_CHARACTERS ? `${whole.slice(0, SHOWN_CHARACTERS)}...` : whole;
  }

  /** Where the number ends that was read last, and whether it was written without point and exponent. */
  numberEnd = 0;
  numberIsWhole = true;

  /**
   * The number at an offset, which must be one; sets {@link numberEnd} and {@link numberIsWhole}.
   * Up to 15 digits by whole arithmetic, which is exact and much faster than a text.
   */
  number(at: number): number {
    const bytes = this.#bytes;
    const negative = bytes[at] === MINUS;
    let next = negative ? at + 1 : at;
    let value = 0;
    let digits = 0;
    let point = -1;
    for (; ; next++) {
      const byte = bytes[next]!;
      if (isDigit(byte)) {
        value = value * 10 + (byte - ZERO);
        digits += 1;
      } else if (byte === DOT) point = digits;
      else break;
    }
    if (digits === 0 || digits > 15 || (bytes[next]! | 0x20) === EXPONENT) return this.#longNumber(at);
    this.numberEnd = next;
    this.numberIsWhole = point < 0;
    if (point >= 0) value /= POWERS[digits - point]!;
    return negative ? -value : value;
  }

  #longNumber(at: number): number {
    this.numberEnd = this.end(at);
    const text = this.#bytes.toString('latin1', at, this.numberEnd).replace(/Inf$/, 'Infinity');
    this.numberIsWhole = /^-?\d+$/.test(text);
    return Number(text);
  }

  #space(at: number): number {
    let next = at;
    for (let byte = this.#bytes[next]; ; byte = this.#bytes[++next])
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return next;
  }

  /** Offset behind a value. @throws Refusal where it is not well formed */
  #check(at: number, depth: number): number {
    const byte = this.#bytes[at];
    if (byte === QUOTE) return this.#checkString(at);
    if (byte !== OPEN && byte !== LIST) return this.#checkPlain(at);
    if (depth === MAX_DEPTH) throw parseError(`Nested deeper than ${MAX_DEPTH} levels.`, at);
    const close = byte === OPEN ? CLOSE : END;
    let next = this.#space(at + 1);
    if (this.#bytes[next] === close) return next + 1;
    for (;;) {
      if (byte === OPEN) {
        if (this.#bytes[next] !== QUOTE) throw parseError('Missing a name for object member.', next);
        next = this.#space(this.#checkString(next));
        if (this.#bytes[next] !== COLON)
          throw parseError('Missing a colon after a name of object member.', next);
        next = this.#space(next + 1);
      }
      next = this.#space(this.#check(next, depth + 1));
      if (this.#bytes[next] === close) return next + 1;
      if (this.#bytes[next] !== COMMA)
        throw parseError(
          byte === OPEN
            ? 'Missing a comma or } after an object member.'
            : 'Missing a comma or ] after an array element.',
          next,
        );
      next = this.#space(next + 1);
    }
  }

  #checkString(at: number): number {
    for (let next = at + 1; next < this.#bytes.length; next++) {
      const byte = this.#bytes[next]!;
      if (byte === QUOTE) return next + 1;
      if (byte < 0x20) throw parseError('Invalid encoding in string.', next);
      if (byte !== BACKSLASH) continue;
      next += 1;
      const escaped = String.fromCharCode(this.#bytes[next] ?? 0);
      if (escaped === 'u') {
        if (!/^[0-9a-fA-F]{4}$/.test(this.#bytes.toString('latin1', next + 1, next + 5)))
          throw parseError('Incorrect hex digit after \\u escape in string.', next);
        next += 4;
      } else if (!'"\\/bfnrt'.includes(escaped))
        throw parseError('Invalid escape character in string.', next);
    }
    throw parseError('Missing a closing quotation mark in string.', at);
  }

  #checkPlain(at: number): number {
    const simple = this.#simpleNumber(at);
    if (simple !== undefined) return simple;
    let end = at;
    for (let byte = this.#bytes[end]; byte !== undefined && isPlain(byte); byte = this.#bytes[++end]);
    const text = this.#bytes.toString('latin1', at, end);
    if (WORDS.has(text)) return end;
    if (!NUMBER.test(text)) throw parseError('Invalid value.', at);
    if (!Number.isFinite(Number(text))) throw parseError('Number too big to be stored in double.', at);
    return end;
  }

  /** Offset behind a number of up to 300 digits without an exponent, as nearly all are; undefined for all else. */
  #simpleNumber(at: number): number | undefined {
    const bytes = this.#bytes;
    const start = bytes[at] === MINUS ? at + 1 : at;
    let next = start;
    while (isDigit(bytes[next]!)) next++;
    if (next === start || (bytes[start] === ZERO && next > start + 1)) return undefined;
    if (bytes[next] === DOT) {
      const point = next++;
      while (isDigit(bytes[next]!)) next++;
      if (next === point + 1) return undefined;
    }
    return next - start > 300 || isPlain(bytes[next] ?? 0) ? undefined : next;
  }
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** Letters, digits, `+`, `-` and `.`: what words and numbers are made of. */
const isPlain = (byte: number): boolean =>
  isDigit(byte) ||
  byte === DOT ||
  byte === MINUS ||
  byte === 0x2b ||
  ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);

const parseError = (what: string, offset: number) =>
  invalid(`JSON Parse error: ${what} at offset: ${offset}`);
