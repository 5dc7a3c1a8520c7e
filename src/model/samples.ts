// Samples for calibration and evaluation, from NumPy files.

import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { elements, type Graph } from './graph.ts';
import { readFile } from './read-file.ts';
import { readNpy, readNpz, type NumpyArray } from './npz.ts';

export interface Samples {
  /** One for each run: the values of the network's only input. */
  readonly inputs: readonly (readonly Float32Array[])[];
  /** The right class of each, where the file has an array `y`. */
  readonly labels: readonly number[] | undefined;
}

/**
 * Read samples for a network with one input: the array `x` of an `.npz`, or an `.npy`; the first dimension counts them.
 * @throws UserError `FILE_READ`, `MODEL_DAMAGED`, or `CALIBRATION` when they do not fit the input
 */
export function readSamples(folder: string, path: string, graph: Graph): Samples {
  const bytes = readFile(resolve(folder, path));
  const arrays: Readonly<Record<string, NumpyArray>> = path.endsWith('.npy')
    ? { x: readNpy(bytes, path) }
    : readNpz(bytes, path);
  const { x, y } = arrays;
  const [input, ...others] = graph.inputs.map((index) => graph.tensors[index]!);
  if (x === undefined || input === undefined || others.length > 0) {
    throw new UserError(
      'CALIBRATION',
      `${path} holds ${Object.keys(arrays).join(', ') || 'no array'}, and the model has ${graph.inputs.length} inputs`,
      'give an .npz with the array x, for a model with one input',
    );
  }
  const each = elements(input.shape);
  const [count = 0] = x.shape;
  if (count === 0 || x.values.length !== count * each) {
    throw new UserError(
      'CALIBRATION',
      `x in ${path} has the shape [${x.shape.join(', ')}], input ${input.name} takes [${['n', ...input.shape.slice(1)].join(', ')}]`,
      'give one sample for each index of the first dimension, in the shape of the input',
    );
  }
  const inputs = Array.from({ length: count }, (_, index) => [
    Float32Array.from(x.values.subarray(index * each, (index + 1) * each)),
  ]);
  return { inputs, labels: y === undefined ? undefined : readLabels(y, count, path, graph) };
}

function readLabels(y: NumpyArray, count: number, path: string, graph: Graph): readonly number[] {
  const labels = [...y.values];
  const classes = graph.tensors[graph.outputs[0]!]!.shape.at(-1)!;
  if (labels.length !== count) {
    throw new UserError(
      'CALIBRATION',
      `${path} has ${count} samples and ${labels.length} labels`,
      'give one label for each sample',
    );
  }
  const wrong = labels.findIndex((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  if (wrong >= 0) {
    throw new UserError(
      'CALIBRATION',
      `label ${wrong} in ${path} is ${labels[wrong]}, the model has classes 0 to ${classes - 1}`,
      'correct the label',
    );
  }
  return labels;
}
