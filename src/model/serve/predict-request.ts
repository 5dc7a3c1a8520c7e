import type { TensorInfo } from '../runtime/runtime.ts';
import { JsonSource } from './json-source.ts';
import { addBase64, base64At, readTensor } from './json-tensor.ts';
import { readRows } from './request-rows.ts';
import { invalid, type Refusal } from './refusal.ts';
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
 * @param mostInstances that a request may have
 * @throws Refusal in TensorFlow Serving's words
 * @see https://github.com/tensorflow/serving/blob/master/tensorflow_serving/g3doc/api_rest.md
 */
export function readPredictRequest(
  body: Uint8Array,
  inputs: readonly TensorInfo[],
  mostInstances: number,
): PredictRequest {
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
  return { format: 'row', inputs: readRows(json, instances, inputs, mostInstances) };
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
  const base64 = base64At(json, at);
  if (base64 === undefined) return { shape: readTensor(json, at, values).shape, bytes: values.bytes() };
  const [batch = 1, ...rest] = input.shape;
  const count = addBase64(base64, input.bytes / batch, values);
  return { shape: [count, ...rest], bytes: values.bytes() };
}

function readColumns(json: JsonSource, at: number, inputs: readonly TensorInfo[]): RequestTensor[] {
  const [only] = inputs;
  if (json.kind(at) !== 'Object' || base64At(json, at) !== undefined) {
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
