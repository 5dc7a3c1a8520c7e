// Samples with their classes, as training reads them.

import { UserError } from '../../errors.ts';
import type { Graph } from '../graph.ts';
import { elements } from '../graph.ts';
import { readSamples, type Samples } from '../samples.ts';
import { seeded, shuffled } from './random.ts';

export interface Labelled {
  readonly count: number;
  /** Of one sample, without the batch. */
  readonly shape: readonly number[];
  /** Sample after sample. */
  readonly values: Float32Array;
  readonly labels: Int32Array;
}

/**
 * Read samples and their classes.
 * @param graph that is to be trained, for the shapes
 * @throws UserError as {@link readSamples}; `CALIBRATION` without labels; `MODEL_UNSUPPORTED` for several inputs
 */
export function readLabelled(folder: string, path: string, graph: Graph): Labelled {
  if (graph.inputs.length !== 1) {
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `the network takes ${graph.inputs.length} inputs, training knows one`,
      'train it where it was made',
    );
  }
  const { inputs, labels } = readSamples(folder, path, graph);
  if (labels === undefined) {
    throw new UserError(
      'CALIBRATION',
      `${path} has no labels`,
      'give the class of each sample as the array y',
    );
  }
  const [, ...shape] = graph.tensors[graph.inputs[0]!]!.shape;
  const each = elements(shape);
  const values = new Float32Array(inputs.length * each);
  for (const [index, [input]] of inputs.entries()) values.set(input!, index * each);
  return { count: inputs.length, shape, values, labels: Int32Array.from(labels) };
}

/** Some of the samples, in an order. */
export function pick({ shape, values, labels }: Labelled, order: ArrayLike<number>): Labelled {
  const each = elements(shape);
  const picked = new Float32Array(order.length * each);
  for (let index = 0; index < order.length; index++)
    picked.set(values.subarray(order[index]! * each, (order[index]! + 1) * each), index * each);
  return {
    count: order.length,
    shape,
    values: picked,
    labels: Int32Array.from({ length: order.length }, (_, index) => labels[order[index]!]!),
  };
}

/** Share of the samples that is held out: it chooses the best epoch, so that nothing that is reported does. */
const HELD_OUT = 0.1;

/** Divide samples, by a seed, into those to train on and those to choose by. */
export function divide(data: Labelled, seed: number): { readonly train: Labelled; readonly held: Labelled } {
  const order = shuffled(data.count, seeded(seed));
  const held = Math.max(1, Math.round(data.count * HELD_OUT));
  return { held: pick(data, order.subarray(0, held)), train: pick(data, order.subarray(held)) };
}

/** As samples for the runtime of devices. */
export const samplesOf = ({ count, shape, values, labels }: Labelled): Samples => {
  const each = elements(shape);
  return {
    inputs: Array.from({ length: count }, (_, index) => [values.slice(index * each, (index + 1) * each)]),
    labels: [...labels],
  };
};
