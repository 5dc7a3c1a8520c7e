import type { Graph, Operator, Tensor } from './graph.ts';
import { compact } from './passes/compact.ts';

/** Makes a graph from another: tensors are added, operators appended in order. */
export class GraphEditor {
  readonly #tensors: Tensor[] = [];
  readonly #operators: Operator[] = [];
  readonly #source: Graph;

  constructor(source: Graph) {
    this.#source = source;
  }

  add(tensor: Tensor): number {
    return this.#tensors.push(tensor) - 1;
  }

  at(index: number): Tensor {
    return this.#tensors[index]!;
  }

  operator(operator: Operator): void {
    this.#operators.push({ ...operator });
  }

  /**
   * @param inputs the inner graph's inputs, in the source's order
   * @param io `float`: QUANTIZE before each input and DEQUANTIZE behind each output, so that the names and types outside stay
   */
  finish(inputs: readonly number[], outputs: readonly number[], io: 'float' | 'int8'): Graph {
    if (io === 'int8')
      return compact({ tensors: this.#tensors, operators: this.#operators, inputs, outputs });
    const edge = (
      outer: readonly number[],
      inner: readonly number[],
      kind: 'QUANTIZE' | 'DEQUANTIZE',
    ): number[] =>
      outer.map((index, position) => {
        const tensor = this.#source.tensors[index]!;
        const made = this.add(tensor);
        const inside = inner[position]!;
        this.#tensors[inside] = { ...this.#tensors[inside]!, name: `${tensor.name}/int8` };
        const [from, to] = kind === 'QUANTIZE' ? [made, inside] : [inside, made];
        this.#operators[kind === 'QUANTIZE' ? 'unshift' : 'push']({
          kind,
          inputs: [from],
          outputs: [to],
          options: {},
        });
        return made;
      });
    const outerInputs = edge(this.#source.inputs, inputs, 'QUANTIZE');
    const outerOutputs = edge(this.#source.outputs, outputs, 'DEQUANTIZE');
    return compact({
      tensors: this.#tensors,
      operators: this.#operators,
      inputs: outerInputs,
      outputs: outerOutputs,
    });
  }
}
