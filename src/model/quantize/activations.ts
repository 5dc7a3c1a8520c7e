import type { Graph, Operator, Quantization, Tensor } from '../graph.ts';
import { compact } from '../passes/compact.ts';
import { FIXED, parametersOf, SAME_SCALE, TYPE_OF, type Precision } from './precision.ts';
import type { Ranges } from './ranges.ts';

/**
 * The activations of a graph that is being quantized, each in the precisions that its users want: a QUANTIZE or a DEQUANTIZE
 * stands before the first that wants another than it was made in.
 */
export class Activations {
  readonly #graph: Graph;
  readonly #ranges: Ranges;
  readonly #tensors: Tensor[] = [];
  readonly #operators: Operator[] = [];
  /** What each activation of the source was made in. */
  readonly #native = new Map<number, Precision>();
  readonly #made = new Map<string, number>();
  readonly #names = new Set<string>();
  /** Names that stay those of the float network outside. */
  readonly #ends: ReadonlySet<number>;

  /** @param outside what the inputs are given in, and the outputs in the end */
  constructor(graph: Graph, ranges: Ranges, outside: Precision) {
    this.#graph = graph;
    this.#ranges = ranges;
    this.#ends = new Set(outside === 'float' ? [...graph.inputs, ...graph.outputs] : []);
    for (const index of graph.inputs) {
      const parameters = outside === 'float' ? undefined : parametersOf(ranges.get(index)!, outside);
      this.#make(index, outside, parameters);
    }
  }

  /** @returns the tensor's index; its name is made unique, since runtimes find inputs and outputs by name */
  add(tensor: Tensor): number {
    let { name } = tensor;
    for (let copy = 1; this.#names.has(name); copy++) name = `${tensor.name}_${copy}`;
    this.#names.add(name);
    return this.#tensors.push(name === tensor.name ? tensor : { ...tensor, name }) - 1;
  }

  at(index: number): Tensor {
    return this.#tensors[index]!;
  }

  operator(operator: Operator): void {
    this.#operators.push(operator);
  }

  /** An activation of the source in a precision. @returns its index here */
  in(index: number, precision: Precision): number {
    const known = this.#made.get(`${index}/${precision}`);
    if (known !== undefined) return known;
    const native = this.#native.get(index)!;
    const from = this.in(index, native);
    const parameters = precision === 'float' ? undefined : parametersOf(this.#ranges.get(index)!, precision);
    const made = this.#make(index, precision, parameters, native);
    const kind = precision === 'float' ? 'DEQUANTIZE' : 'QUANTIZE';
    this.operator({ kind, inputs: [from], outputs: [made], options: {} });
    return made;
  }

  /** Make what an operator writes. @returns their indices here */
  outputsOf({ kind, inputs, outputs }: Operator, precision: Precision): readonly number[] {
    if (precision === 'float') return outputs.map((index) => this.#make(index, precision, undefined));
    const source = SAME_SCALE.has(kind) ? this.at(this.in(inputs[0]!, precision)).quantization : undefined;
    return outputs.map((index) => {
      const own = (): Quantization => parametersOf(this.#ranges.get(index)!, precision);
      return this.#make(index, precision, FIXED[kind]?.[precision] ?? source ?? own());
    });
  }

  finish(outside: Precision): Graph {
    const [inputs, outputs] = [this.#graph.inputs, this.#graph.outputs].map((ends) =>
      ends.map((index) => this.in(index, outside)),
    );
    return compact({
      tensors: this.#tensors,
      operators: this.#operators,
      inputs: inputs!,
      outputs: outputs!,
    });
  }

  #make(
    index: number,
    precision: Precision,
    quantization: Quantization | undefined,
    native: Precision = precision,
  ): number {
    const source = this.#graph.tensors[index]!;
    const type = TYPE_OF[precision];
    const plain = this.#ends.has(index) ? precision === 'float' : precision === native;
    const tensor = { ...source, type, name: plain ? source.name : `${source.name}/${type}` };
    const made = this.add(quantization === undefined ? tensor : { ...tensor, quantization });
    if (!this.#native.has(index)) this.#native.set(index, precision);
    this.#made.set(`${index}/${precision}`, made);
    return made;
  }
}
