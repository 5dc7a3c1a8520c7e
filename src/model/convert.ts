// From a trained model's file to the file that ships.

import { extname } from 'node:path';
import { UserError } from '../errors.ts';
import type { Graph, Operator } from './graph.ts';
import { isSavedModel } from './backend/saved-model.ts';
import { absorb } from './passes/absorb.ts';
import { removeDeadChannels } from './passes/dead-channels.ts';
import { foldConstants } from './passes/fold-constants.ts';
import { fuse } from './passes/fuse.ts';
import { observe } from './quantize/calibrate.ts';
import { quantizeDynamic } from './quantize/dynamic.ts';
import { quantizeFloat16 } from './quantize/float16.ts';
import { quantizeInt8 } from './quantize/int8.ts';
import { convertKeras } from './read/convert-keras.ts';
import { readFile } from './read-file.ts';
import { loadLiteRt } from './runtime/litert.ts';
import { readTflite } from './tflite/read.ts';
import { writeTflite } from './tflite/write.ts';

export const RECIPES = ['int8', 'dynamic', 'float16', 'none'] as const;
export type Recipe = (typeof RECIPES)[number];

export interface QuantizeOptions {
  readonly recipe: Recipe;
  /** Inputs and outputs of an int8 model. */
  readonly io: 'float' | 'int8';
  /** Whether a matrix product has a scale for each row; runtimes before TensorFlow 2.17 want one for all. */
  readonly denseByChannel: boolean;
}

/**
 * Read a trained model as a float graph, folded and fused.
 * @param path of a Keras `.h5` or `.keras`, a LayersModel's `model.json`, or a float `.tflite`
 * @throws UserError `FILE_READ`, `MODEL_DAMAGED`, `MODEL_UNSUPPORTED`
 */
export const readSource = async (path: string): Promise<Graph> => (await readBoth(path)).float;

/** As {@link readSource}, with the graph as it was read. */
export async function readBoth(path: string): Promise<{ readonly plain: Graph; readonly float: Graph }> {
  const plain = await readGraph(path);
  const graph = simplify(plain);
  const integer = graph.tensors.find(({ type }) => type === 'int8' || type === 'int16' || type === 'uint8');
  // Versions are those that the file's maker chose, for other types.
  if (integer === undefined)
    return { plain, float: { ...graph, operators: graph.operators.map(unversioned) } };
  throw new UserError(
    'MODEL_UNSUPPORTED',
    `${path} is quantized already: tensor ${integer.name} is ${integer.type}`,
    'give the float network that it was made from',
  );
}

/** A graph as it was read, with constants folded, normalizations absorbed and activations fused. */
export const simplify = (plain: Graph): Graph => absorb(fuse(foldConstants(plain)));

const unversioned = ({ kind, inputs, outputs, options }: Operator): Operator => ({
  kind,
  inputs,
  outputs,
  options,
});

async function readGraph(path: string): Promise<Graph> {
  switch (extname(path).toLowerCase()) {
    case '.h5':
    case '.hdf5': {
      const { readKerasH5 } = await import('./read/keras-h5.ts');
      return convertKeras(await readKerasH5(path));
    }
    case '.keras': {
      const { readKerasZip } = await import('./read/keras-zip.ts');
      return convertKeras(await readKerasZip(path));
    }
    case '.json': {
      const { readTfjs } = await import('./read/tfjs.ts');
      return convertKeras(readTfjs(path));
    }
    case '.tflite':
      return readTflite(readFile(path));
    default:
      if (isSavedModel(path)) {
        throw new UserError(
          'MODEL_UNSUPPORTED',
          `${path} is a SavedModel, which can be run and compared, not converted`,
          'save the network that it was exported from as .keras or .h5',
        );
      }
      throw new UserError(
        'MODEL_UNSUPPORTED',
        `${path} is of a kind that cannot be read`,
        'give a Keras .h5 or .keras, the model.json of a LayersModel, or a float .tflite',
      );
  }
}

/**
 * Quantize by recipe.
 * @param samples for `int8`: what the network will see, one for each run
 * @throws UserError `CALIBRATION` when `int8` gets none that fit
 */
export async function quantize(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  options: QuantizeOptions,
): Promise<Graph> {
  if (options.recipe === 'int8') {
    return quantizeInt8(graph, await observe(graph, samples, await loadLiteRt()), options);
  }
  if (options.recipe === 'dynamic') return quantizeDynamic(graph, options);
  return options.recipe === 'float16' ? quantizeFloat16(graph) : graph;
}

export interface Shrunk {
  readonly graph: Graph;
  /** With the dead channels: tensor by tensor, what the float network is compared with. */
  readonly whole: Graph;
  readonly removed: Removed;
}

/** What went without changing an output. */
export interface Removed {
  /** Outputs of convolutions and matrix products. */
  readonly channels: number;
  /** Of the file. */
  readonly bytes: number;
}

/**
 * Quantize by recipe and remove dead channels. An int8 network keeps the scales of the whole one; otherwise weights are
 * quantized as those that remain ask for.
 * @throws UserError as {@link quantize}
 */
export async function quantizeShrunk(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  options: QuantizeOptions,
): Promise<Shrunk> {
  const whole = await quantize(graph, samples, options);
  const late = options.recipe === 'int8';
  const pruned = removeDeadChannels(late ? whole : graph);
  const { channels } = pruned;
  if (channels === 0) return { graph: whole, whole, removed: { channels, bytes: 0 } };
  const built = late ? pruned.graph : await quantize(pruned.graph, samples, options);
  const bytes = writeTflite(whole, '').byteLength - writeTflite(built, '').byteLength;
  return { graph: built, whole, removed: { channels, bytes } };
}
