import { elements, type Graph, type Operator, type Tensor } from '../../graph.ts';
import type { Known } from './constant-channels.ts';
import type { Removal } from './classes.ts';
import { contributionOf } from './contribution.ts';
import { kernelOf, valuesOf, type Kernel } from './kernel.ts';

/** The graph without these channels; what they added stands in the biases. */
export function without(graph: Graph, removal: Removal, known: ReadonlyMap<number, Known>): Graph {
  const tensors = graph.tensors.map((tensor, index) => {
    const gone = removal.get(index);
    return gone === undefined ? tensor : kept(tensor, tensor.shape.length - 1, (at) => !gone.has(at));
  });
  const add = (tensor: Tensor): number => tensors.push(tensor) - 1;
  const cut: Cut = { graph, removal, known, add };
  const operators = graph.operators.map((operator): Operator => {
    const kernel = kernelOf(operator, graph.tensors);
    if (kernel !== undefined) return withoutOf(operator, kernel, cut);
    const output = operator.outputs[0]!;
    const gone = removal.get(output);
    if (gone === undefined) return operator;
    if (operator.kind === 'RESHAPE') return resized(operator, tensors[output]!, cut);
    return { ...operator, inputs: operator.inputs.map((index) => operandOf(index, output, gone, cut)) };
  });
  return { ...graph, tensors, operators };
}

interface Cut {
  readonly graph: Graph;
  readonly removal: Removal;
  readonly known: ReadonlyMap<number, Known>;
  /** @returns the tensor's index */
  readonly add: (tensor: Tensor) => number;
}

/** A constant with a number for each channel loses those of the channels that go. */
function operandOf(index: number, output: number, gone: ReadonlySet<number>, { graph, add }: Cut): number {
  const tensor = graph.tensors[index];
  const channels = graph.tensors[output]!.shape.at(-1)!;
  if (tensor?.data === undefined || channels === 1 || tensor.shape.at(-1) !== channels) return index;
  // Amounts of padding, axes and orders of dimensions are no numbers by channel.
  if (tensor.type === 'int32') return index;
  return add(kept(tensor, tensor.shape.length - 1, (at) => !gone.has(at)));
}

function withoutOf(operator: Operator, kernel: Kernel, cut: Cut): Operator {
  const { graph, removal, known, add } = cut;
  const { inputs, outputs } = operator;
  const input = inputs[kernel.input]!;
  const [fewerIn, fewerOut] = [removal.get(input), removal.get(outputs[0]!)];
  if (fewerIn === undefined && fewerOut === undefined) return operator;
  const staysIn = (at: number): boolean => fewerIn?.has(at % kernel.channels) !== true;
  const staysOut = (at: number): boolean => fewerOut?.has(at) !== true;
  const replaced = [...inputs];
  let weights = kept(graph.tensors[inputs[kernel.weights]!]!, kernel.outputAxis, staysOut);
  if (kernel.inputAxis !== undefined) weights = kept(weights, kernel.inputAxis, staysIn);
  replaced[kernel.weights] = add(weights);
  const bias = graph.tensors[inputs[kernel.bias] ?? -1];
  if (bias !== undefined) {
    const added = (fewerIn === undefined || kernel.multiplier !== undefined ? [] : [...fewerIn]).map(
      (channel) => contributionOf(kernel, channel, known.get(input)?.[channel], graph.tensors[input]!)!,
    );
    replaced[kernel.bias] = add(kept(raised(bias, added), 0, staysOut));
  }
  if (operator.kind === 'TRANSPOSE_CONV') {
    const size = graph.tensors[inputs[0]!]!;
    const left = kernel.outputs - (fewerOut?.size ?? 0);
    replaced[0] = add({ ...size, data: bytesOf(withLast(integersOf(size), left)) });
  }
  return { ...operator, inputs: replaced };
}

/** Whole numbers added to a bias. */
function raised(bias: Tensor, added: readonly (readonly number[])[]): Tensor {
  if (!added.some((one) => one.some((value) => value !== 0))) return bias;
  const sums = Int32Array.from(valuesOf(bias)!, (value, output) =>
    added.reduce((sum, one) => sum + one[output]!, value),
  );
  return { ...bias, data: bytesOf(sums) };
}

/** Stands for a size that follows from the others. */
const OPEN = -1;

const withLast = (sizes: ArrayLike<number>, size: number): Int32Array =>
  Int32Array.from(sizes).with(sizes.length - 1, size);

/** A RESHAPE to the size that its output has now. */
function resized(operator: Operator, { shape }: Tensor, { graph, add }: Cut): Operator {
  const [input, target] = operator.inputs;
  const size = graph.tensors[target ?? -1];
  const last = (sizes: ArrayLike<number>): Int32Array =>
    sizes[sizes.length - 1] === OPEN ? Int32Array.from(sizes) : withLast(sizes, shape.at(-1)!);
  const { newShape } = operator.options;
  return {
    ...operator,
    inputs:
      size?.data === undefined
        ? operator.inputs
        : [input!, add({ ...size, data: bytesOf(last(integersOf(size))) })],
    options:
      Array.isArray(newShape) && newShape.length > 0
        ? { ...operator.options, newShape: [...last(newShape)] }
        : operator.options,
  };
}

const integersOf = (tensor: Tensor): Int32Array => valuesOf(tensor) as Int32Array;

const bytesOf = (values: Int32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** A tensor with some of the places along a dimension, its constant bytes and its scales likewise. */
function kept(tensor: Tensor, axis: number, stays: (at: number) => boolean): Tensor {
  const { shape, data, quantization } = tensor;
  const places = Array.from({ length: shape[axis]! }, (_, at) => at).filter(stays);
  if (places.length === shape[axis]) return tensor;
  const along = quantization !== undefined && quantization.scale.length > 1 && quantization.axis === axis;
  return {
    ...tensor,
    shape: shape.with(axis, places.length),
    ...(data === undefined ? {} : { data: slices(data, shape, axis, places) }),
    ...(along
      ? {
          quantization: {
            ...quantization,
            scale: places.map((at) => quantization.scale[at]!),
            zeroPoint: places.map((at) => quantization.zeroPoint[at]!),
          },
        }
      : {}),
  };
}

function slices(
  data: Uint8Array,
  shape: readonly number[],
  axis: number,
  places: readonly number[],
): Uint8Array {
  const run = elements(shape.slice(axis + 1)) * (data.byteLength / elements(shape));
  const whole = run * shape[axis]!;
  const result = new Uint8Array((data.byteLength / shape[axis]!) * places.length);
  let end = 0;
  for (let start = 0; start < data.byteLength; start += whole) {
    for (const at of places) {
      result.set(data.subarray(start + at * run, start + (at + 1) * run), end);
      end += run;
    }
  }
  return result;
}
