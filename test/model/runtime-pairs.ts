// Runs a network on two runtimes, looking at every activation.

import type { Graph, Tensor } from '../../src/model/graph.ts';
import { closed } from '../../src/model/quantize/calibrate.ts';
import { loadLiteRt } from '../../src/model/runtime/litert.ts';
import type { TensorInfo } from '../../src/model/runtime/runtime.ts';
import { reference } from '../../src/model/runtime/reference/reference.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';
import { chance } from './random-network.ts';

export interface Pair {
  /** Operator and type, as `ADD int8`. */
  readonly made: string;
  readonly tensor: Tensor;
  readonly liteRt: ArrayLike<number>;
  readonly ours: ArrayLike<number>;
}

/** What LiteRT and the reference kernels make of the same inputs, activation by activation in the order of the operators. */
export async function activationsOfBoth(graph: Graph, seed: number): Promise<readonly Pair[]> {
  const made = graph.operators.flatMap(({ kind, outputs }) => outputs.map((index) => ({ kind, index })));
  const file = writeTflite(closed({ ...graph, outputs: made.map(({ index }) => index) }), '');
  const [theirs, ours] = [await (await loadLiteRt()).load(file), await reference.load(file)];
  try {
    const inputs = theirs.inputs.map((info, position) => noise(info, seed + position));
    const [left, right] = [await theirs.run(inputs), await ours.run(inputs)];
    return made.map(({ kind, index }, position) => {
      const tensor = graph.tensors[index]!;
      return {
        made: `${kind} ${tensor.type}`,
        tensor,
        liteRt: numbers(tensor, left[position]!),
        ours: numbers(tensor, right[position]!),
      };
    });
  } finally {
    theirs.dispose();
  }
}

/** Codes of all sizes, or real numbers between −1 and 1. */
function noise({ type, bytes }: TensorInfo, seed: number): Uint8Array {
  const next = chance(seed);
  const reals = Float32Array.from({ length: bytes / 4 }, () => 2 * next() - 1);
  return type === 'float32'
    ? new Uint8Array(reals.buffer)
    : Uint8Array.from({ length: bytes }, () => 256 * next());
}

function numbers({ type }: Tensor, { buffer }: Uint8Array): ArrayLike<number> {
  if (type === 'int8') return new Int8Array(buffer);
  if (type === 'int16') return new Int16Array(buffer);
  return type === 'float32' ? new Float32Array(buffer) : new Int32Array(buffer);
}

/** Samples of real numbers between −1 and 1. */
export function samplesFor(graph: Graph, seed: number, count: number): readonly (readonly Float32Array[])[] {
  const next = chance(seed);
  return Array.from({ length: count }, () =>
    graph.inputs.map((index) => {
      const length = graph.tensors[index]!.shape.reduce((product, size) => product * size, 1);
      return Float32Array.from({ length }, () => 2 * next() - 1);
    }),
  );
}
