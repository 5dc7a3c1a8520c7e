import type { TensorInfo } from '../runtime/runtime.ts';
import type { JsonSource } from './json-source.ts';
import { addBase64, base64At, readTensor } from './json-tensor.ts';
import type { RequestTensor } from './predict-request.ts';
import { invalid, Refusal } from './refusal.ts';
import { TensorValues } from './tensor-values.ts';

/** Values of one input, instance after instance, all of one shape. */
class Rows {
  readonly input: TensorInfo;
  readonly values: TensorValues;
  shape: readonly number[] | undefined;

  constructor(input: TensorInfo) {
    this.input = input;
    this.values = new TensorValues(input.type);
  }

  /** @returns offset behind the instance */
  add(json: JsonSource, at: number): number {
    const before = this.values.count;
    const base64 = base64At(json, at);
    const { shape, end } =
      base64 === undefined ? readTensor(json, at, this.values) : this.#addBase64(json, at, base64);
    this.shape ??= shape;
    const size = product(this.shape);
    if (this.values.count - before !== size)
      throw invalid(`Expecting tensor size: ${size} but got: ${this.values.count - before}`);
    if (shape.length !== this.shape.length || shape.some((each, index) => each !== this.shape![index]))
      throw invalid(`Expecting shape [${String(this.shape)}] but got: [${String(shape)}]`);
    return end;
  }

  #addBase64(json: JsonSource, at: number, base64: string): { shape: readonly number[]; end: number } {
    const [batch = 1, ...rest] = this.input.shape;
    const count = addBase64(base64, this.input.bytes / batch, this.values);
    if (count !== 1) throw invalid(`b64 holds ${count} instances in the place of one`);
    return { shape: rest, end: json.end(at) };
  }
}

const product = (shape: readonly number[]): number => shape.reduce((size, each) => size * each, 1);

/**
 * Read the value of `instances`: a list of tensors, or of objects with a tensor for each input.
 * @throws Refusal in TensorFlow Serving's words; for more instances than allowed, with 413
 */
export function readRows(
  json: JsonSource,
  at: number,
  inputs: readonly TensorInfo[],
  mostInstances: number,
): RequestTensor[] {
  const isNamed = (item: number): boolean =>
    json.kind(item) === 'Object' && base64At(json, item) === undefined;
  const named = isNamed(json.first(at)!);
  if (!named && inputs.length > 1)
    throw invalid(
      'instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map',
    );
  const rows = inputs.map((input) => new Rows(input));
  let count = 0;
  let end: number;
  for (let item = json.first(at); item !== undefined; item = json.next(end)) {
    if (count === mostInstances) throw tooMany(mostInstances);
    if (named && !isNamed(item))
      throw invalid(`Expecting object but got list at item ${count} of input list`);
    if (!named && isNamed(item))
      throw invalid(`Expecting value/list but got object at item ${count} of input list`);
    end = named ? addNamed(json, item, rows, count) : addTo(rows[0]!, json, item, count);
    count += 1;
  }
  return rows.map(({ shape, values }) => ({ shape: [count, ...shape!], bytes: values.bytes() }));
}

export const tooMany = (most: number): Refusal =>
  new Refusal(
    'RESOURCE_EXHAUSTED',
    `the request has more than the ${most} instances that an answer can hold`,
    413,
  );

function addNamed(json: JsonSource, item: number, rows: readonly Rows[], index: number): number {
  const members = json.members(item);
  for (const [name, value] of members) {
    const row = rows.find(({ input }) => input.name === name);
    if (row === undefined)
      throw failed(index, name, invalid(`JSON object: does not have named input: ${name}`));
    addTo(row, json, value, index, name);
  }
  if (members.size === rows.length) return json.end(item);
  const names = rows.map(({ input }) => input.name).toSorted();
  throw invalid(
    `Failed to process element: ${index} of 'instances' list. JSON object: ${json.text(item)} keys must be equal to: ${names.join(',')}`,
  );
}

/** Add, and say in a refusal where. */
function addTo(row: Rows, json: JsonSource, at: number, index: number, key?: string): number {
  try {
    return row.add(json, at);
  } catch (error) {
    throw error instanceof Refusal ? failed(index, key, error) : error;
  }
}

const failed = (index: number, key: string | undefined, { code, message }: Refusal): Refusal =>
  invalid(
    `Failed to process element: ${index}${key === undefined ? '' : ` key: ${key}`} of 'instances' list. Error: ${code}: ${message}`,
  );
