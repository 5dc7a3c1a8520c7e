// Samples for calibration and evaluation, from NumPy files.

import { resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { elements, type Graph, type Tensor } from './graph.ts';
import { readFile } from './read-file.ts';
import { readNpy, readNpz, type NumpyArray } from './npz.ts';

export interface Samples {
  /** One for each run: the values of each input. */
  readonly inputs: readonly (readonly Float32Array[])[];
  /** The right class of each at the first output, where the file has an array `y`, or one called as the layer is. */
  readonly labels: readonly number[] | undefined;
  /** The same at the second output and those behind, where there are arrays called as their layers are. */
  readonly furtherLabels?: readonly (readonly number[] | undefined)[];
}

/**
 * Read samples: an array for each input of an `.npz`, called as the input is; for one input also `x`, or an `.npy`. The first
 * dimension counts them.
 * @throws UserError `FILE_READ`, `MODEL_DAMAGED`, or `CALIBRATION` when they do not fit the input
 */
export function readSamples(folder: string, path: string, graph: Graph): Samples {
  const bytes = readFile(resolve(folder, path));
  const arrays: Readonly<Record<string, NumpyArray>> = path.endsWith('.npy')
    ? { x: readNpy(bytes, path) }
    : readNpz(bytes, path);
  const named = graph.inputs.map((index) => graph.tensors[index]!);
  const columns = named.map((input) => arrays[named.length === 1 && 'x' in arrays ? 'x' : input.name]);
  if (columns.includes(undefined)) {
    throw new UserError(
      'CALIBRATION',
      `${path} holds ${Object.keys(arrays).join(', ') || 'no array'}, the model takes ${named.map(({ name }) => name).join(', ')}`,
      'give an .npz with an array for each input, called as the input is; with one input, x will do',
    );
  }
  const [first] = columns;
  const [count = 0] = first!.shape;
  for (const [position, input] of named.entries()) fits(columns[position]!, input, count, path);
  const inputs = Array.from({ length: count }, (_, sample) =>
    columns.map((column, position) => {
      const each = elements(named[position]!.shape);
      return Float32Array.from(column!.values.subarray(sample * each, (sample + 1) * each));
    }),
  );
  const [labels, ...furtherLabels] = graph.outputs.map((index, position) => {
    const output = graph.tensors[index]!;
    const array = arrays[output.name.split('/')[0]!] ?? (position === 0 ? arrays['y'] : undefined);
    return array === undefined ? undefined : readLabels(array, count, path, output);
  });
  return { inputs, labels, furtherLabels };
}

function fits({ shape, values }: NumpyArray, input: Tensor, count: number, path: string): void {
  const each = elements(input.shape);
  if (count > 0 && values.length === count * each && shape[0] === count) return;
  throw new UserError(
    'CALIBRATION',
    `the array for input ${input.name} in ${path} has the shape [${shape.join(', ')}], it takes [${['n', ...input.shape.slice(1)].join(', ')}]`,
    'give one sample for each index of the first dimension, in the shape of the input',
  );
}

function readLabels(array: NumpyArray, count: number, path: string, { shape }: Tensor): readonly number[] {
  const labels = [...array.values];
  // One value says yes or no.
  const classes = Math.max(shape.at(-1)!, 2);
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
