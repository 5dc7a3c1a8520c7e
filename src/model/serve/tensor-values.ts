import type { TensorInfo } from '../runtime/litert.ts';
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

/** The values of a tensor as raw bytes, or undefined for a type that JSON cannot say. */
export const arrayOf = (type: TensorType, bytes: Uint8Array): Values | undefined =>
  type in ARRAYS ? new ARRAYS[type as keyof typeof ARRAYS](Uint8Array.from(bytes).buffer) : undefined;

/** Collects values of one type that come one after the other from JSON, in the form that the runtime takes. */
export class TensorValues {
  readonly type: TensorType;
  #values: Values;
  #count = 0;

  constructor(type: TensorType) {
    this.type = type;
    this.#values = new (ARRAYS[type as keyof typeof ARRAYS] ?? Uint8Array)(256);
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
    if (this.type === 'bool') return this.#addBool(json, at);
    if (!(this.type in ARRAYS))
      throw new Refusal(
        'UNIMPLEMENTED',
        `Conversion of JSON Value: ${json.text(at)} to type: ${TYPE_NAMES[this.type].word}`,
      );
    const number = json.number(at);
    if (number === undefined) throw typeError(json, at, this.type);
    const { value, end, whole } = number;
    this.#grow();
    if (this.type === 'int64') {
      if (!whole || Math.abs(value) > 2 ** 63) throw typeError(json, at, this.type);
      const exact = BigInt(json.text(at));
      if (BigInt.asIntN(64, exact) !== exact) throw typeError(json, at, this.type);
      this.#values[this.#count++] = exact;
      return end;
    }
    this.#values[this.#count] = value;
    const kept = this.#values[this.#count++]!;
    if (this.type === 'float32') {
      if (kept !== value && (whole || !Number.isFinite(kept)) && Number.isFinite(value))
        throw lossy(json, at, this.type);
      return end;
    }
    if (!whole) throw typeError(json, at, this.type);
    if (kept !== value) throw lossy(json, at, this.type);
    return end;
  }

  /** Take values that are raw little-endian bytes already. */
  addBytes(bytes: Uint8Array): void {
    const whole = this.bytes();
    const joined = new Uint8Array(whole.byteLength + bytes.byteLength);
    joined.set(whole);
    joined.set(bytes, whole.byteLength);
    this.#values = new (this.#values.constructor as typeof Uint8Array)(joined.buffer);
    this.#count = this.#values.length;
  }

  #addBool(json: JsonSource, at: number): number {
    const kind = json.kind(at);
    if (kind !== 'True' && kind !== 'False') throw typeError(json, at, this.type);
    this.#grow();
    this.#values[this.#count++] = Number(kind === 'True');
    return json.end(at);
  }

  #grow(): void {
    if (this.#count < this.#values.length) return;
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
