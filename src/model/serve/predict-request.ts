import type { TensorInfo } from '../runtime/litert.ts';
import { JsonSource } from './json-source.ts';
import { isBase64, readBase64, readTensor } from './json-tensor.ts';
import { invalid, Refusal } from './refusal.ts';
import { TensorValues } from './tensor-values.ts';

/** The only signature of a model of this runtime. */
export const SIGNATURE = 'serving_default';

/** What a request asks for: values of each input, in the order of the model. */
export interface PredictRequest {
  /** `row` answers with `predictions`, `column` with `outputs`. */
  readonly format: 'row' | 'column';
  readonly inputs: readonly RequestTensor[];
}

export interface RequestTensor {
  /** With the dimension of the batch. */
  readonly shape: readonly number[];
  /** Raw little-endian bytes. */
  readonly bytes: Uint8Array;
}

/**
 * Read the body of `:predict`.
 * @param inputs of the model
 * @throws Refusal in TensorFlow Serving's words
 * @see https://github.com/tensorflow/serving/blob/master/tensorflow_serving/g3doc/api_rest.md
 */
export function readPredictRequest(body: Uint8Array, inputs: readonly TensorInfo[]): PredictRequest {
  const json = new JsonSource(body);
  const { root } = json;
  const malformed = (why: string): Refusal => invalid(`JSON Value: ${json.text(root)} ${why}`);
  if (json.kind(root) !== 'Object') throw malformed('Is not object');
  const members = json.members(root);
  checkSignature(json, members.get('signature_name'), malformed);
  const instances = members.get('instances');
  const columns = members.get('inputs');
  if (instances !== undefined && columns !== undefined)
    throw malformed("Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist ");
  if (columns !== undefined) return { format: 'column', inputs: readColumns(json, columns, inputs) };
  if (instances === undefined) throw invalid("Missing 'inputs' or 'instances' key");
  if (json.kind(instances) !== 'Array') throw malformed("Excepting 'instances' to be an list/array");
  if (json.first(instances) === undefined) throw malformed("No values in 'instances' array");
  return { format: 'row', inputs: readRows(json, instances, inputs) };
}

function checkSignature(json: JsonSource, at: number | undefined, malformed: (why: string) => Refusal): void {
  if (at === undefined) return;
  if (json.kind(at) !== 'String')
    throw malformed("not formatted correctly. 'signature_name' key must be a string value.");
  const name = json.string(at);
  if (name !== '' && name !== SIGNATURE)
    throw invalid(`Serving signature name: "${name}" not found in signature def`);
}

/** A tensor where it stands whole, with its batch. */
function readWhole(json: JsonSource, at: number, input: TensorInfo): RequestTensor {
  const values = new TensorValues(input.type);
  if (isBase64(json, at)) {
    const [batch = 1, ...rest] = input.shape;
    const count = readBase64(json, at, input.bytes / batch, values);
    return { shape: [count, ...rest], bytes: values.bytes() };
  }
  return { shape: readTensor(json, at, values), bytes: values.bytes() };
}

function readColumns(json: JsonSource, at: number, inputs: readonly TensorInfo[]): RequestTensor[] {
  const [only] = inputs;
  if (json.kind(at) !== 'Object' || isBase64(json, at)) {
    if (inputs.length > 1 || only === undefined)
      throw invalid(
        'inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map',
      );
    return [readWhole(json, at, only)];
  }
  const members = json.members(at);
  return inputs.map((input) => {
    const value = members.get(input.name);
    if (value === undefined) throw invalid(`Missing named input: ${input.name} in 'inputs' object.`);
    return readWhole(json, value, input);
  });
}

/** Values of one input, instance after instance, all of one shape. */
class Rows {
  readonly input: TensorInfo;
  readonly values: TensorValues;
  shape: readonly number[] | undefined;

  constructor(input: TensorInfo) {
    this.input = input;
    this.values = new TensorValues(input.type);
  }

  add(json: JsonSource, at: number): void {
    const before = this.values.count;
    const [batch = 1, ...rest] = this.input.shape;
    let shape: readonly number[] = rest;
    if (isBase64(json, at)) {
      const count = readBase64(json, at, this.input.bytes / batch, this.values);
      if (count !== 1) throw invalid(`b64 holds ${count} instances in the place of one`);
    } else shape = readTensor(json, at, this.values);
    this.shape ??= shape;
    const size = product(this.shape);
    if (this.values.count - before !== size)
      throw invalid(`Expecting tensor size: ${size} but got: ${this.values.count - before}`);
    if (String(shape) !== String(this.shape))
      throw invalid(`Expecting shape [${String(this.shape)}] but got: [${String(shape)}]`);
  }
}

const product = (shape: readonly number[]): number => shape.reduce((size, each) => size * each, 1);

function readRows(json: JsonSource, at: number, inputs: readonly TensorInfo[]): RequestTensor[] {
  const isNamed = (item: number): boolean => json.kind(item) === 'Object' && !isBase64(json, item);
  const named = isNamed(json.first(at)!);
  if (!named && inputs.length > 1)
    throw invalid(
      'instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map',
    );
  const rows = inputs.map((input) => new Rows(input));
  let count = 0;
  for (let item = json.first(at); item !== undefined; item = json.next(json.end(item))) {
    if (named && !isNamed(item))
      throw invalid(`Expecting object but got list at item ${count} of input list`);
    if (!named && isNamed(item))
      throw invalid(`Expecting value/list but got object at item ${count} of input list`);
    if (named) addNamed(json, item, rows, count);
    else addTo(rows[0]!, json, item, `Failed to process element: ${count} of 'instances' list.`);
    count += 1;
  }
  return rows.map(({ shape, values }) => ({ shape: [count, ...shape!], bytes: values.bytes() }));
}

function addNamed(json: JsonSource, item: number, rows: readonly Rows[], index: number): void {
  const members = json.members(item);
  for (const [name, value] of members) {
    const place = `Failed to process element: ${index} key: ${name} of 'instances' list.`;
    const row = rows.find(({ input }) => input.name === name);
    if (row === undefined)
      throw invalid(`${place} Error: INVALID_ARGUMENT: JSON object: does not have named input: ${name}`);
    addTo(row, json, value, place);
  }
  if (members.size === rows.length) return;
  const names = rows.map(({ input }) => input.name).toSorted();
  throw invalid(
    `Failed to process element: ${index} of 'instances' list. JSON object: ${json.text(item)} keys must be equal to: ${names.join(',')}`,
  );
}

/** Add, and say in a refusal where. */
function addTo(row: Rows, json: JsonSource, at: number, place: string): void {
  try {
    row.add(json, at);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw invalid(`${place} Error: ${error.code}: ${error.message}`);
  }
}
