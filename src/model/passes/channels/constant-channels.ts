// Which channels of activations are the same number wherever and whatever the inputs are.

import { elements, type Graph, type Operator, type Tensor } from '../../graph.ts';
import type { OperatorKind } from '../../tflite/operators.ts';
import { constantOutputs } from './constant-outputs.ts';
import { clampOf, kernelOf, valuesOf } from './kernel.ts';
import { channelPairs } from './relations.ts';
import { codeBetween } from './rounding.ts';

/** By channel, its number: real for floats, a code for int8; `undefined` where it may vary. */
export type Known = readonly (number | undefined)[];

/**
 * Work out constant channels of every activation, forwards. Exact on any runtime: of floats, only what takes no rounding that
 * depends on an order of sums; of int8, only codes that every way of rounding agrees on.
 */
export function constantChannels(graph: Graph): ReadonlyMap<number, Known> {
  const known = new Map<number, Known>();
  const of = (index: number): Known => {
    const tensor = graph.tensors[index]!;
    return known.get(index) ?? (tensor.data === undefined ? unknown(tensor) : byChannel(tensor));
  };
  for (const operator of graph.operators) {
    for (const output of operator.outputs) known.set(output, outputOf(operator, output, graph, of));
  }
  return known;
}

type KnownOf = (index: number) => Known;

const unknown = ({ shape }: Tensor): Known => Array.from({ length: shape.at(-1) ?? 1 }, () => undefined);

/** A constant that is one number, or one for each channel. */
function byChannel(tensor: Tensor): Known {
  const values = valuesOf(tensor);
  const channels = tensor.shape.at(-1) ?? 1;
  return values !== undefined && elements(tensor.shape) === channels ? [...values] : unknown(tensor);
}

function outputOf(operator: Operator, output: number, graph: Graph, of: KnownOf): Known {
  const { tensors } = graph;
  const tensor = tensors[output]!;
  const kernel = kernelOf(operator, tensors);
  if (kernel !== undefined)
    return constantOutputs(operator, kernel, tensors, of(operator.inputs[kernel.input]!));
  const compute = tensor.type === 'float32' ? floatOf(operator) : codesOf(operator, tensors);
  const channels = tensor.shape.at(-1) ?? 1;
  if (compute === undefined) return carried(operator, output, graph, of);
  const [a, b = []] = operator.inputs.slice(0, operator.kind in TWO ? 2 : 1).map(of) as [Known, Known?];
  const at = (one: Known, channel: number): number | undefined => (one.length === 1 ? one[0] : one[channel]);
  return Array.from({ length: channels }, (_, channel) => compute(at(a, channel), at(b, channel)));
}

type Computes<F> = Readonly<Partial<Record<OperatorKind, F>>>;

const ONE_FLOAT: Computes<(a: number) => number> = {
  RELU: (a) => Math.max(a, 0),
  RELU6: (a) => Math.min(Math.max(a, 0), 6),
};
const TWO_CODES: Computes<(a: number, b: number) => number> = {
  ADD: (a, b) => a + b,
  SUB: (a, b) => a - b,
  MUL: (a, b) => a * b,
};
const TWO: typeof TWO_CODES = { ...TWO_CODES, MAXIMUM: Math.max, MINIMUM: Math.min };

/** They give a constant channel back as it was. */
const CARRIES = new Set<OperatorKind>([
  'MAX_POOL_2D',
  'RESHAPE',
  'SQUEEZE',
  'EXPAND_DIMS',
  'TRANSPOSE',
  'RESIZE_NEAREST_NEIGHBOR',
  'CONCATENATION',
]);
/** The mean of one number many times is that number; of floats, sums may round. */
const AVERAGES = new Set<OperatorKind>(['AVERAGE_POOL_2D', 'MEAN']);
/** They give back zero where they get zero; other numbers they may change. */
const CARRIES_ZERO = new Set<OperatorKind>([
  ...AVERAGES,
  'PAD',
  'RESIZE_BILINEAR',
  'SUM',
  'REDUCE_MAX',
  'LEAKY_RELU',
  'HARD_SWISH',
  'PRELU',
]);

/** Of an operator that moves channels about; a channel is constant where all that comes together in it is one number. */
function carried(operator: Operator, output: number, graph: Graph, of: KnownOf): Known {
  const tensor = graph.tensors[output]!;
  const pairs = channelPairs(operator, graph.tensors);
  const clamp = clampOf(operator);
  const zeroOnly = CARRIES_ZERO.has(operator.kind);
  if (pairs === undefined || clamp === undefined) return unknown(tensor);
  if (!zeroOnly && (!CARRIES.has(operator.kind) || clamp[0] !== -Infinity)) return unknown(tensor);
  const found = new Map<number, number | undefined>();
  for (const { input, from, to } of pairs) {
    const is = passed(operator.kind, of(input)[from], graph.tensors[input]!, tensor);
    found.set(to, found.has(to) && found.get(to) !== is ? undefined : is);
  }
  return Array.from({ length: tensor.shape.at(-1) ?? 1 }, (_, channel) => found.get(channel));
}

/** What becomes of a constant channel. */
function passed(kind: OperatorKind, value: number | undefined, from: Tensor, to: Tensor): number | undefined {
  if (value === undefined || CARRIES.has(kind)) return value;
  if (value === zeroPointOf(from)) return zeroPointOf(to);
  if (!AVERAGES.has(kind) || from.type !== 'int8') return undefined;
  return codeBetween(real(from, value), real(from, value), to.quantization!, [-Infinity, Infinity]);
}

const zeroPointOf = ({ quantization }: Tensor): number => quantization?.zeroPoint[0] ?? 0;

type Compute = (a: number | undefined, b?: number) => number | undefined;

/** One rounding at most, the same on every processor. */
function floatOf(operator: Operator): Compute | undefined {
  const clamp = clampOf(operator);
  const unary = ONE_FLOAT[operator.kind];
  if (unary !== undefined) return (a) => (a === undefined ? undefined : unary(a));
  const compute = TWO[operator.kind];
  if (compute === undefined || clamp === undefined) return undefined;
  return (a, b) => {
    if (operator.kind === 'MUL' && (a === 0 || b === 0)) return 0;
    if (a === undefined || b === undefined) return undefined;
    return Math.min(Math.max(Math.fround(compute(a, b)), clamp[0]), clamp[1]);
  };
}

function codesOf(operator: Operator, tensors: readonly Tensor[]): Compute | undefined {
  const output = tensors[operator.outputs[0]!]!;
  const [first, second] = operator.inputs.map((index) => tensors[index]!);
  const clamp = clampOf(operator);
  if (clamp === undefined || output.type !== 'int8' || first!.type !== 'int8') return undefined;
  const code = (real: number): number | undefined => codeBetween(real, real, output.quantization!, clamp);
  if (operator.kind === 'QUANTIZE') return (a) => (a === undefined ? undefined : code(real(first!, a)));
  const compute = TWO_CODES[operator.kind];
  if (compute === undefined || second === undefined) return undefined;
  return (a, b) => {
    if (operator.kind === 'MUL' && (a === zeroPointOf(first!) || b === zeroPointOf(second))) return code(0);
    return a === undefined || b === undefined ? undefined : code(compute(real(first!, a), real(second, b)));
  };
}

const real = ({ quantization }: Tensor, code: number): number =>
  (code - (quantization!.zeroPoint[0] ?? 0)) * (quantization!.scale[0] ?? 1);
