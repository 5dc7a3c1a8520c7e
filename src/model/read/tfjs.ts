// Reads TensorFlow.js LayersModels: a model.json, and shards of weights beside it.

import { dirname, join, normalize, sep } from 'node:path';
import { UserError } from '../../errors.ts';
import { elements } from '../graph.ts';
import { readFile } from '../read-file.ts';
import { fromHalf } from '../half.ts';
import { finite } from './finite.ts';
import { follow } from './follow.ts';
import {
  parseKerasModel,
  weightsByPath,
  type KerasModel,
  type KerasWeight,
  type RawLayer,
} from './keras-model.ts';

interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: { readonly dtype: string; readonly min?: number; readonly scale?: number };
}
interface ModelJson {
  readonly format?: string;
  readonly modelTopology?: RawLayer & { readonly model_config?: RawLayer };
  readonly weightsManifest?: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly WeightEntry[];
  }[];
}

const BYTES: Readonly<Record<string, number>> = { float32: 4, uint8: 1, uint16: 2, float16: 2 };

/**
 * Read a `model.json`.
 * @throws UserError `FILE_READ`, `MODEL_DAMAGED`; `MODEL_UNSUPPORTED` for a GraphModel
 */
export const readTfjs = (path: string): KerasModel => follow(() => modelOf(path));

function modelOf(path: string): KerasModel {
  const json = parse(path);
  const topology = json.modelTopology?.model_config ?? json.modelTopology;
  if (
    json.format === 'graph-model' ||
    topology?.class_name === undefined ||
    json.weightsManifest === undefined
  ) {
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `${path} is no LayersModel of TensorFlow.js${json.format === undefined ? '' : ` (format ${json.format})`}`,
      'give a LayersModel with its weights, or the Keras file it was made from',
    );
  }
  const weights = new Map<string, KerasWeight>();
  for (const { paths, weights: entries } of json.weightsManifest) {
    const bytes = Buffer.concat(paths.map((shard) => readFile(shardPath(path, shard))));
    let at = 0;
    for (const entry of entries) {
      const place = `${path}: ${entry.name}`;
      const stored = entry.quantization?.dtype ?? entry.dtype;
      const size = elements(entry.shape) * (BYTES[stored] ?? 4);
      if (at + size > bytes.byteLength)
        throw damaged(place, `the shards end at byte ${bytes.byteLength} of ${at + size}`);
      if (entry.dtype === 'float32')
        weights.set(entry.name, {
          shape: entry.shape,
          values: finite(decode(entry, bytes.subarray(at, at + size), place), place),
        });
      at += size;
    }
  }
  return parseKerasModel(topology, weightsByPath(weights));
}

function parse(path: string): ModelJson {
  try {
    return JSON.parse(Buffer.from(readFile(path)).toString('utf8')) as ModelJson;
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw damaged(path, 'it is no JSON', cause);
  }
}

/** @throws UserError `MODEL_DAMAGED` for a shard outside the model's folder */
function shardPath(path: string, shard: string): string {
  const clean = normalize(shard);
  if (clean.startsWith('..') || clean.startsWith(sep))
    throw damaged(path, `shard ${shard} lies outside its folder`);
  return join(dirname(path), clean);
}

/** Compressed weights stand for min + code × scale; float16 for itself. */
function decode({ quantization, name }: WeightEntry, bytes: Uint8Array, place: string): Float32Array {
  const own = new Uint8Array(bytes).buffer;
  if (quantization === undefined) return new Float32Array(own);
  const { dtype, min = 0, scale = 1 } = quantization;
  switch (dtype) {
    case 'float16':
      return Float32Array.from(new Uint16Array(own), fromHalf);
    case 'uint8':
      return Float32Array.from(new Uint8Array(own), (code) => code * scale + min);
    case 'uint16':
      return Float32Array.from(new Uint16Array(own), (code) => code * scale + min);
    default:
      throw damaged(place, `${name} is compressed as ${dtype}`);
  }
}

const damaged = (place: string, why: string, cause?: unknown): UserError =>
  new UserError('MODEL_DAMAGED', `${place} is damaged: ${why}`, 'export the model again, or fetch it again', {
    cause,
  });
