// Works out what does not depend on the inputs: weights kept as float16, and shapes that operators compute while running.

import { elements, type Graph, type Operator, type Tensor } from '../graph.ts';
import { fromHalf } from '../half.ts';
import { compact } from './compact.ts';
import { withFloats } from './constants.ts';

/** Stands for an open batch among the sizes of a shape. */
const OPEN = -1;

/** Fold until nothing changes; every constant that comes of it is exact. */
export function foldConstants(graph: Graph): Graph {
  const tensors = [...graph.tensors];
  const operators = graph.operators.filter((operator) => {
    const folded = FOLDS[operator.kind]?.(operator, tensors);
    const output = operator.outputs[0]!;
    if (folded === undefined || graph.outputs.includes(output)) return true;
    tensors[output] = folded;
    return false;
  });
  return compact({ ...graph, tensors, operators });
}

type Fold = (operator: Operator, tensors: readonly Tensor[]) => Tensor | undefined;

const FOLDS: Readonly<Partial<Record<Operator['kind'], Fold>>> = {
  DEQUANTIZE({ inputs, outputs }, tensors) {
    const { type, data, shape } = tensors[inputs[0]!]!;
    if (type !== 'float16' || data === undefined) return undefined;
    const halves = new Uint16Array(new Uint8Array(data).buffer);
    return withFloats(
      { name: tensors[outputs[0]!]!.name, type: 'float32', shape },
      Float32Array.from(halves, fromHalf),
    );
  },
  SHAPE({ inputs, outputs }, tensors) {
    const { shape, openBatch } = tensors[inputs[0]!]!;
    const sizes = openBatch === true ? [OPEN, ...shape.slice(1)] : shape;
    return integers(tensors[outputs[0]!]!, sizes);
  },
  STRIDED_SLICE({ inputs, outputs, options }, tensors) {
    const [from, begin, end, stride] = inputs.map((index) => integersOf(tensors[index]));
    if (from === undefined || begin?.length !== 1 || end?.length !== 1 || stride?.[0] !== 1) return undefined;
    if (Number(options['newAxisMask'] ?? 0) !== 0 || Number(options['ellipsisMask'] ?? 0) !== 0)
      return undefined;
    const start = Number(options['beginMask'] ?? 0) & 1 ? 0 : begin[0]!;
    const scalar = (Number(options['shrinkAxisMask'] ?? 0) & 1) === 1;
    const stop = scalar ? start + 1 : Number(options['endMask'] ?? 0) & 1 ? from.length : end[0]!;
    return integers(tensors[outputs[0]!]!, from.slice(start, stop));
  },
  PACK({ inputs, outputs }, tensors) {
    const values = inputs.map((index) => integersOf(tensors[index]));
    if (values.some((one) => one?.length !== 1)) return undefined;
    return integers(
      tensors[outputs[0]!]!,
      values.map((one) => one![0]!),
    );
  },
  CONCATENATION({ inputs, outputs }, tensors) {
    const values = inputs.map((index) => integersOf(tensors[index]));
    if (values.includes(undefined)) return undefined;
    return integers(
      tensors[outputs[0]!]!,
      values.flatMap((one) => one!),
    );
  },
};

function integersOf(tensor: Tensor | undefined): readonly number[] | undefined {
  if (tensor?.data === undefined || tensor.type !== 'int32') return undefined;
  return [...new Int32Array(new Uint8Array(tensor.data).buffer)];
}

/** A constant of whole numbers; `undefined` where the shape that the graph has for it is another. */
function integers({ name, shape }: Tensor, values: readonly number[]): Tensor | undefined {
  if (elements(shape) !== values.length) return undefined;
  return { name, shape, type: 'int32', data: new Uint8Array(Int32Array.from(values).buffer) };
}
