// Observes the float network on samples, on the same runtime that devices have.

import { UserError } from '../../errors.ts';
import type { Graph } from '../graph.ts';
import type { LiteRt } from '../runtime/litert.ts';
import { writeTflite } from '../tflite/write.ts';
import { inConverterOrder } from './converter-order.ts';
import type { Range, Ranges } from './ranges.ts';

type Samples = readonly (readonly Float32Array[])[];

/**
 * Run the float graph on every sample and take the smallest and largest value of each activation.
 *
 * @param samples one for each run: float32 values of each input
 * @throws UserError `CALIBRATION` when there is no sample, one has another shape than the input, or a value is no number
 */
export async function observe(graph: Graph, samples: Samples, runtime: LiteRt): Promise<Ranges> {
  const ranges = new Map<number, Range>();
  await watch(graph, samples, runtime, (index, values) => widen(ranges, index, values));
  for (const index of graph.inputs) {
    const { min, max } = ranges.get(index)!;
    if (min < max) continue;
    throw new UserError(
      'CALIBRATION',
      `every value of every sample for input ${graph.tensors[index]!.name} is ${min}`,
      'give samples as devices see them: from equal values no range can be told',
    );
  }
  return ranges;
}

/**
 * Run the float graph on every sample and look at every input and activation.
 * @throws UserError `CALIBRATION` as {@link observe}
 */
export async function watch(
  graph: Graph,
  samples: Samples,
  runtime: LiteRt,
  see: (index: number, values: Float32Array) => void,
): Promise<void> {
  if (samples.length === 0) {
    throw new UserError(
      'CALIBRATION',
      'the calibration set is empty',
      'give at least one sample; 100 to 500 are usual',
    );
  }
  const activations = activationsOf(graph);
  const ordered = inConverterOrder(closed(graph));
  const model = await runtime.load(writeTflite({ ...ordered, outputs: activations }, ''));
  try {
    for (const [number, sample] of samples.entries()) {
      const inputs = graph.inputs.map((index, position) => checked(graph, index, sample[position], number));
      graph.inputs.forEach((index, position) => see(index, inputs[position]!));
      const outputs = await model.run(
        inputs.map((values) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
      );
      activations.forEach((index, position) => see(index, new Float32Array(outputs[position]!.buffer)));
    }
  } finally {
    model.dispose();
  }
}

const NOTHING: Range = { min: Infinity, max: -Infinity };

/** Float tensors that operators write. */
const activationsOf = (graph: Graph): number[] =>
  graph.operators
    .flatMap(({ outputs }) => outputs)
    .filter((index) => graph.tensors[index]!.type === 'float32');

/** The graph with a batch of 1: the runtime takes no open dimension. */
export const closed = (graph: Graph): Graph => ({
  ...graph,
  tensors: graph.tensors.map((tensor) => ({ ...tensor, openBatch: false })),
});

function widen(ranges: Map<number, Range>, index: number, values: Float32Array): void {
  let { min, max } = ranges.get(index) ?? NOTHING;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  ranges.set(index, { min, max });
}

function checked(
  graph: Graph,
  index: number,
  sample: Float32Array | undefined,
  number: number,
): Float32Array {
  const { name, shape } = graph.tensors[index]!;
  const expected = shape.reduce((product, size) => product * size, 1);
  if (sample?.length !== expected) {
    throw new UserError(
      'CALIBRATION',
      `sample ${number} has ${sample?.length ?? 0} values, input ${name} takes ${expected} ([${shape.join(', ')}])`,
      'give samples in the shape of the input, without its batch',
    );
  }
  const wrong = sample.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new UserError(
      'CALIBRATION',
      `sample ${number} holds ${sample[wrong]} at index ${wrong}`,
      'remove the sample, or mend how it was made',
    );
  }
  return sample;
}
