import type { TensorInfo } from '../runtime/runtime.ts';
import { invalid, Refusal } from './refusal.ts';
import type { JsonSource } from './json-source.ts';

export type TensorType = TensorInfo['type'];

/** What TensorFlow Serving calls the types, in metadata and in messages. */
export const TYPE_NAMES: Readonly<Record<TensorType, { readonly dtype: string; readonly word: string }>> = {
  float32: { dtype: 'DT_FLOAT', word: 'float' },
  int32: { dtype: 'DT_INT32', word: 'int32' },
  uint8: { dtype: 'DT_UINT8', word: 'uint8' },
  int64: { dtype: 'DT_INT64', word: 'int64' },
  bool: { dtype: 'DT_BOOL', word: 'bool' },
  int16: { dtype: 'DT_INT16', word: 'int16' },
  int8: { dtype: 'DT_INT8', word: 'int8' },
  float16: { dtype: 'DT_HALF', word: 'half' },
  other: { dtype: 'DT_INVALID', word: 'invalid' },
};

const ARRAYS = {
  float32: Float32Array,
  int32: Int32Array,
  uint8: Uint8Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  int16: Int16Array,
  int8: Int8Array,
} as const;

type Values = InstanceType<(typeof ARRAYS)[keyof typeof ARRAYS]>;

/**
 * The values of a tensor, or undefined for a type that JSON cannot say.
 * @param bytes raw and little-endian, where they begin in a buffer of their own
 */
export function arrayOf(
  type: TensorType,
  { buffer, byteOffset, byteLength }: Uint8Array,
): Values | undefined {
  if (!(type in ARRAYS)) return undefined;
  const Kind = ARRAYS[type as keyof typeof ARRAYS];
  // Never shared: the runtime copies its results out.
  return new Kind(buffer as ArrayBuffer, byteOffset, byteLength / Kind.BYTES_PER_ELEMENT);
}

/** Collects values of one type that come one after the other from JSON, in the form that the runtime takes. */
export class TensorValues {
  readonly type: TensorType;
  #values: Values;
  #count = 0;

  /** @throws Refusal for a type that JSON cannot say */
  constructor(type: TensorType) {
    if (!(type in ARRAYS))
      throw new Refusal('UNIMPLEMENTED', `Conversion of JSON Value to type: ${TYPE_NAMES[type].word}`);
    this.type = type;
    this.#values = new ARRAYS[type as keyof typeof ARRAYS](256);
  }

  get count(): number {
    return this.#count;
  }

  bytes(): Uint8Array {
    const { buffer, BYTES_PER_ELEMENT } = this.#values;
    return new Uint8Array(buffer, 0, this.#count * BYTES_PER_ELEMENT);
  }

  /**
   * Take one value.
   * @returns offset behind it
   * @throws Refusal for a value that the type cannot hold
   */
  add(json: JsonSource, at: number): number {
    if (this.#count === this.#values.length) this.#grow();
    const kind = json.kind(at);
    if (this.type === 'bool' && (kind === 'True' || kind === 'False')) {
      this.#values[this.#count++] = Number(kind === 'True');
      return json.end(at);
    }
    if (kind !== 'Number' || this.type === 'bool') throw typeError(json, at, this.type);
    const value = json.number(at);
    if (this.type === 'float32') this.#addFloat(json, at, value);
    else if (this.type === 'int64') this.#addBig(json, at, value);
    else this.#addWhole(json, at, value);
    return json.numberEnd;
  }

  #addFloat(json: JsonSource, at: number, value: number): void {
    this.#values[this.#count++] = value;
    const kept = Math.fround(value);
    // A whole number is meant as it stands; of others, the nearest is taken.
    if (kept !== value && (json.numberIsWhole || !Number.isFinite(kept)) && Number.isFinite(value))
      throw lossy(json, at, this.type);
  }

  #addWhole(json: JsonSource, at: number, value: number): void {
    if (!json.numberIsWhole) throw typeError(json, at, this.type);
    this.#values[this.#count] = value;
    if (this.#values[this.#count++] !== value) throw lossy(json, at, this.type);
  }

  #addBig(json: JsonSource, at: number, value: number): void {
    if (!json.numberIsWhole || Math.abs(value) > 2 ** 63) throw typeError(json, at, this.type);
    const exact = BigInt(json.text(at));
    if (BigInt.asIntN(64, exact) !== exact) throw typeError(json, at, this.type);
    this.#values[this.#count++] = exact;
  }

  /** Take values that are raw little-endian bytes already. */
  addBytes(bytes: Uint8Array): void {
    const { BYTES_PER_ELEMENT } = this.#values;
    const count = this.#count + bytes.byteLength / BYTES_PER_ELEMENT;
    while (this.#values.length < count) this.#grow();
    new Uint8Array(this.#values.buffer).set(bytes, this.#count * BYTES_PER_ELEMENT);
    this.#count = count;
  }

  #grow(): void {
    const larger = new (this.#values.constructor as typeof Uint8Array)(2 * this.#values.length);
    larger.set(this.#values as Uint8Array);
    this.#values = larger;
  }
}

export const typeError = (json: JsonSource, at: number, type: TensorType): Refusal =>
  invalid(
    `JSON Value: ${json.text(at)} Type: ${json.kind(at)} is not of expected type: ${TYPE_NAMES[type].word}`,
  );

const lossy = (json: JsonSource, at: number, type: TensorType): Refusal =>
  invalid(
    `Cannot convert JSON value: ${json.text(at)} to ${TYPE_NAMES[type].word} without loss of precision.`,
  );
