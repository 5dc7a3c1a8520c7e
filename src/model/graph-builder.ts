import type { Graph, Operator, OptionValue, Tensor } from './graph.ts';
import type { OperatorKind } from './tflite/operators.ts';

/** Builds a graph operator by operator, in order. */
export class GraphBuilder {
  readonly #tensors: Tensor[] = [];
  readonly #operators: Operator[] = [];
  readonly #names = new Set<string>();

  /** @returns the tensor's index; its name is made unique */
  tensor(tensor: Tensor): number {
    let name = tensor.name;
    for (let copy = 1; this.#names.has(name); copy++) name = `${tensor.name}_${copy}`;
    this.#names.add(name);
    return this.#tensors.push({ ...tensor, name }) - 1;
  }

  constant(name: string, shape: readonly number[], values: Float32Array | Int32Array): number {
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.tensor({ name, shape, type: values instanceof Int32Array ? 'int32' : 'float32', data });
  }

  /** Add an operator with one output, whose batch is as open as its first input's. @returns the output's index */
  operator(
    kind: OperatorKind,
    name: string,
    inputs: readonly number[],
    shape: readonly number[],
    options: Readonly<Record<string, OptionValue>> = {},
  ): number {
    const [first = 0] = inputs;
    const openBatch = this.at(first).openBatch === true;
    const output = this.tensor({ name, shape, type: 'float32', ...(openBatch ? { openBatch } : {}) });
    this.#operators.push({ kind, inputs, outputs: [output], options });
    return output;
  }

  at(index: number): Tensor {
    return this.#tensors[index]!;
  }

  graph(inputs: readonly number[], outputs: readonly number[]): Graph {
    return { tensors: this.#tensors, operators: this.#operators, inputs, outputs };
  }
}
