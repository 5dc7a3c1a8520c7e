// What each path answers, apart from predictions.
// Source: https://github.com/tensorflow/serving/blob/master/tensorflow_serving/model_servers/http_rest_api_util.cc

import type { TensorInfo } from '../runtime/runtime.ts';
import { SIGNATURE } from './predict-request.ts';
import { invalid, Refusal } from './refusal.ts';
import type { ServedModel } from './served-model.ts';
import { TYPE_NAMES } from './tensor-values.ts';

const VERSIONS = '(?:/versions/(?<version>\\d+)|/labels/(?<label>[^/:]+))?';
const POST = new RegExp(`^/v1/models/(?<name>[^/:]+)${VERSIONS}:(?<verb>classify|regress|predict)$`, 'i');
const GET = new RegExp(`^/v1/models(?:/(?<name>[^/:]+))?${VERSIONS}(?<metadata>/metadata)?$`, 'i');

/** What a request is about. */
export type Target = 'status' | 'metadata' | 'predict';

/**
 * Tell what a request is about.
 * @param path without its query
 * @throws Refusal in TensorFlow Serving's words: a path that says nothing, another model or version than the one served
 */
export function targetOf(method: string, path: string, model: ServedModel): Target {
  const found = (method === 'POST' ? POST : method === 'GET' ? GET : undefined)?.exec(path)?.groups;
  if (found === undefined) throw invalid(`Malformed request: ${method} ${path}`);
  if (found['name'] === undefined) throw invalid('Missing model name in request.');
  const name = decode(found['name']);
  const { version, label, verb = '', metadata } = found;
  if (label !== undefined) throw invalid(`Unrecognized servable version label: ${decode(label)}`);
  const target = verb !== '' ? 'predict' : metadata === undefined ? 'status' : 'metadata';
  checkServed(name, version, target, model);
  if (verb === '' || verb.toLowerCase() === 'predict') return target;
  const wanted = verb.toLowerCase() === 'classify' ? 'classification' : 'regression';
  throw invalid(
    `Expected ${wanted} signature method_name to be tensorflow/serving/${verb.toLowerCase()}. Was: tensorflow/serving/predict`,
  );
}

function checkServed(name: string, version: string | undefined, target: Target, model: ServedModel): void {
  const other = version !== undefined && BigInt(version) !== BigInt(model.version);
  if (name === model.name && !other) return;
  throw new Refusal(
    'NOT_FOUND',
    target === 'status'
      ? version === undefined
        ? `Could not find any versions of model ${name}`
        : `Could not find version ${version} of model ${name}`
      : `Servable not found for request: ${version === undefined ? `Latest(${name})` : `Specific(${name}, ${version})`}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`Failed to decode model name:${text}`);
  }
}

const lines = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;

/** Only a model that is loaded is served at all, so that an answer means that it is. */
export const statusOf = ({ version }: ServedModel): string =>
  lines({
    model_version_status: [{ version, state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } }],
  });

export const metadataOf = ({ name, version, inputs, outputs }: ServedModel): string =>
  lines({
    model_spec: { name, signature_name: '', version },
    metadata: {
      signature_def: {
        signature_def: {
          [SIGNATURE]: {
            inputs: tensors(inputs),
            outputs: tensors(outputs),
            method_name: 'tensorflow/serving/predict',
          },
        },
      },
    },
  });

/** The first dimension is the batch, of which a request may have any number. */
const dimension = (size: number, index: number): object => ({
  size: String(index === 0 ? -1 : size),
  name: '',
});

const tensors = (infos: readonly TensorInfo[]): Readonly<Record<string, object>> =>
  Object.fromEntries(
    infos.map(({ name, type, shape }) => [
      name,
      {
        dtype: TYPE_NAMES[type].dtype,
        tensor_shape: { dim: shape.map(dimension), unknown_rank: false },
        name,
      },
    ]),
  );

export const errorBody = (message: string): string => `{ "error": ${JSON.stringify(message)} }`;
