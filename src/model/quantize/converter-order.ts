// The last bits of a sum of floats follow from the order in which it is added up, and scales from these bits. TensorFlow's
// converter calibrates on kernels that rest on Eigen, with packets of eight; this spells its order out in the graph, so that
// calibration on another runtime comes to the same bits.

import { elements, type Graph, type Operator, type Tensor } from '../graph.ts';
import { floatsOf, withFloats } from '../passes/constants.ts';
import { FUSED } from '../tflite/operators.ts';

/** Sums that a matrix product with one row keeps side by side: one for each float of a packet. */
const LANES = 8;
/** Products that a convolution with one place in its output adds up before it adds to the whole. */
const BLOCK = 64;
/** Larger matrix products are left as they are: each lane takes a copy of the weights. */
const MOST_WEIGHTS = 2 ** 20;

/**
 * The graph with the converter's order of sums; tensors keep their indices.
 *
 * A convolution adds up its products one after the other, then the bias. One with a single place adds up blocks of 64. A matrix
 * product with one row adds up eight sums, then these by halves, then the products that are left over, then the bias. No product
 * is fused with its sum. Found by comparing scales with those in files of TensorFlow 2.3 and 2.21, which it gives to the bit.
 *
 * Not spelled out: of channels beyond a multiple of 16, in fours, TensorFlow 2.21 adds up products at even and at odd places
 * apart, and the last row of a matrix product with an odd number of rows ends in packets of four. Scales behind such layers may
 * be two units of the last place away; codes, zero points and outputs were equal in every network that was compared.
 */
export function inConverterOrder(graph: Graph): Graph {
  const tensors = [...graph.tensors];
  const operators = graph.operators.flatMap((operator) => reordered(operator, tensors));
  return { ...graph, tensors, operators };
}

function reordered(operator: Operator, tensors: Tensor[]): readonly Operator[] {
  const { kind, inputs, outputs, options } = operator;
  if (kind !== 'CONV_2D' && kind !== 'FULLY_CONNECTED') return [operator];
  const [input, weights, bias = -1] = inputs as readonly [number, number, number?];
  const kernel = tensors[weights]!;
  const values = floatsOf(kernel);
  const biases = tensors[bias];
  const output = tensors[outputs[0]!]!;
  if (values === undefined || biases === undefined || floatsOf(biases) === undefined) return [operator];
  const rows = elements(output.shape) / kernel.shape[0]!;
  if (kind === 'FULLY_CONNECTED' && (rows > 1 || values.length > MOST_WEIGHTS)) return [operator];

  const made: Operator[] = [];
  const add = (
    a: number,
    b: number,
    to = tensors.push(output) - 1,
    activation: number = FUSED.NONE,
  ): number => {
    made.push({ kind: 'ADD', inputs: [a, b], outputs: [to], options: { activation } });
    return to;
  };
  const zeros = tensors.push(withFloats(biases, new Float32Array(elements(biases.shape)))) - 1;
  const each = values.length / kernel.shape[0]!;
  /** The sum of some products: the weights of the others are zero. */
  const sum = (takes: (product: number) => boolean): number => {
    const some = values.map((value, at) => (takes(at % each) ? value : 0));
    const to = tensors.push(output) - 1;
    made.push({
      ...operator,
      inputs: [input, tensors.push(withFloats(kernel, some)) - 1, zeros],
      outputs: [to],
      options: { ...options, activation: FUSED.NONE },
    });
    return to;
  };
  const whole = kind === 'CONV_2D' ? convolved(each, rows, sum, add) : multiplied(each, sum, add);
  add(whole, bias, outputs[0], Number(options['activation'] ?? FUSED.NONE));
  return made;
}

type Sum = (takes: (product: number) => boolean) => number;
type Add = (a: number, b: number) => number;

function convolved(products: number, places: number, sum: Sum, add: Add): number {
  if (places > 1) return sum(() => true);
  const blocks = Array.from({ length: Math.ceil(products / BLOCK) }, (_, block) =>
    sum((product) => Math.floor(product / BLOCK) === block),
  );
  return blocks.reduce((total, block) => add(total, block));
}

function multiplied(products: number, sum: Sum, add: Add): number {
  const packed = products - (products % LANES);
  let lanes = Array.from({ length: packed === 0 ? 0 : LANES }, (_, lane) =>
    sum((product) => product < packed && product % LANES === lane),
  );
  while (lanes.length > 1) {
    const half = lanes.length / 2;
    lanes = lanes.slice(0, half).map((lane, at) => add(lane, lanes[half + at]!));
  }
  const rest = Array.from({ length: products - packed }, (_, at) =>
    sum((product) => product === packed + at),
  );
  return [...lanes, ...rest].reduce((total, one) => add(total, one));
}
