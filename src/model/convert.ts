// From a trained model's file to the file that ships.

import { extname } from 'node:path';
import { UserError } from '../errors.ts';
import type { Graph, Operator } from './graph.ts';
import { isSavedModel } from './backend/saved-model.ts';
import { absorb } from './passes/absorb.ts';
import { removeDeadChannels } from './passes/dead-channels.ts';
import { foldConstants } from './passes/fold-constants.ts';
import { fuse } from './passes/fuse.ts';
import { quantizeDynamic } from './quantize/dynamic.ts';
import { quantizeFloat16 } from './quantize/float16.ts';
import {
  prepareStatic,
  quantizeByRecipe,
  refuseStatic,
  type StaticRecipe,
} from './quantize/static-recipe.ts';
import { convertKeras } from './read/convert-keras.ts';
import { readFile } from './read-file.ts';
import { readTflite } from './tflite/read.ts';
import { writeTflite } from './tflite/write.ts';

export const RECIPES = ['int8', 'int16x8', 'dynamic', 'float16', 'none'] as const;
export type Recipe = (typeof RECIPES)[number];

export interface QuantizeOptions extends StaticRecipe {
  readonly recipe: Recipe;
  /** Inputs and outputs of an int8 model, or of int16x8; `int8` is the bare network. */
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
 * @param samples for `int8` and `int16x8`: what the network will see, one for each run
 * @throws UserError `CALIBRATION` when these get none that fit
 */
export async function quantize(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  options: QuantizeOptions,
): Promise<Graph> {
  const { recipe } = options;
  return isStatic(recipe)
    ? quantizeByRecipe(await prepareStatic(graph, samples, options), samples, recipe, options)
    : quantizeFloats(graph, options);
}

const isStatic = (recipe: Recipe): recipe is 'int8' | 'int16x8' => recipe === 'int8' || recipe === 'int16x8';

function quantizeFloats(graph: Graph, options: QuantizeOptions): Graph {
  refuseStatic(options.recipe, options);
  if (options.recipe === 'dynamic') return quantizeDynamic(graph, options);
  return options.recipe === 'float16' ? quantizeFloat16(graph) : graph;
}

export interface Shrunk {
  readonly graph: Graph;
  /** The float network as it was quantized, and what became of it with its dead channels: alike tensor by tensor. */
  readonly float: Graph;
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
  const { recipe } = options;
  const float = isStatic(recipe) ? await prepareStatic(graph, samples, options) : graph;
  const quantized = (one: Graph): Promise<Graph> | Graph =>
    isStatic(recipe) ? quantizeByRecipe(one, samples, recipe, options) : quantizeFloats(one, options);
  const whole = await quantized(float);
  const late = recipe === 'int8';
  const pruned = removeDeadChannels(late ? whole : float);
  const { channels } = pruned;
  if (channels === 0) return { graph: whole, float, whole, removed: { channels, bytes: 0 } };
  const built = late ? pruned.graph : await quantized(pruned.graph);
  const bytes = writeTflite(whole, '').byteLength - writeTflite(built, '').byteLength;
  return { graph: built, float, whole, removed: { channels, bytes } };
}
