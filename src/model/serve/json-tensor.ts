import type { JsonSource } from './json-source.ts';
import { invalid, type Refusal } from './refusal.ts';
import { type TensorValues, typeError } from './tensor-values.ts';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

export interface ReadTensor {
  /** Without dimensions for a plain number. */
  readonly shape: readonly number[];
  /** Offset behind it. */
  readonly end: number;
}

/** What `{ "b64": "…" }` holds, or undefined for any other value. */
export function base64At(json: JsonSource, at: number): string | undefined {
  if (json.kind(at) !== 'Object') return undefined;
  const members = json.members(at);
  const value = members.get('b64');
  return members.size === 1 && value !== undefined && json.kind(value) === 'String'
    ? json.string(value)
    : undefined;
}

/**
 * Read nested lists of numbers.
 *
 * As in TensorFlow Serving, the first list of each level says how long all others of that level have to be.
 *
 * @param values takes the numbers
 * @throws Refusal in TensorFlow Serving's words
 */
export function readTensor(json: JsonSource, at: number, values: TensorValues): ReadTensor {
  const shape: (number | undefined)[] = [];
  let rank: number | undefined;

  const read = (from: number, level: number): number => {
    const kind = json.kind(from);
    if (kind !== 'Array') {
      rank ??= level;
      if (level !== rank) throw wrongLevel(json, from, level, rank);
      if (kind === 'Object') throw typeError(json, from, values.type);
      return values.add(json, from);
    }
    if (rank !== undefined && level >= rank)
      throw invalid(`Encountered list at unexpected level: ${level} expected < ${rank}`);
    let count = 0;
    let end = from + 1;
    for (let next = json.first(from); next !== undefined; next = json.next(end)) {
      end = read(next, level + 1);
      count += 1;
    }
    if (count === 0) rank ??= level + 1;
    const expected = (shape[level] ??= count);
    if (count !== expected)
      throw invalid(
        `Encountered list at unexpected size: ${count} at level: ${level} expected size: ${expected}`,
      );
    return json.close(end);
  };

  const end = read(at, 0);
  return { shape: shape as number[], end };
}

const wrongLevel = (json: JsonSource, at: number, level: number, rank: number): Refusal =>
  invalid(
    `JSON Value: ${json.text(at)} found at incorrect level: ${level + 1} in the JSON DOM. Expected at level: ${rank}`,
  );

/**
 * Take base64 as a tensor's raw bytes: the same picture is a fifth of what it is as numbers, and read at once.
 * TensorFlow Serving takes it for strings only, which models of this runtime do not have.
 *
 * @param bytesEach bytes that one instance has
 * @returns how many instances there are
 */
export function addBase64(text: string, bytesEach: number, values: TensorValues): number {
  if (!BASE64.test(text) || text.length % 4 !== 0) throw invalid('Unable to base64 decode');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.byteLength === 0 || bytes.byteLength % bytesEach !== 0)
    throw invalid(`b64 holds ${bytes.byteLength} bytes, but one instance has ${bytesEach}`);
  values.addBytes(bytes);
  return bytes.byteLength / bytesEach;
}
