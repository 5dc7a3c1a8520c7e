// Fuses what follows a convolution or a matrix product into it: factors and offsets by channel (batch
// normalization) into weights and bias, and activations into the operator's own.

import type { Graph, Operator, Tensor } from '../graph.ts';
import { FUSED, type OperatorKind } from '../tflite/operators.ts';
import { commutes } from './commute.ts';
import { floatsOf, withFloats } from './constants.ts';
import { compact } from './compact.ts';

/** Dimension of the weights that runs over output channels. */
const CHANNEL_AXIS: Readonly<Partial<Record<OperatorKind, number>>> = {
  CONV_2D: 0,
  FULLY_CONNECTED: 0,
  DEPTHWISE_CONV_2D: 3,
};
const ACTIVATIONS: Readonly<Partial<Record<OperatorKind, number>>> = { RELU: FUSED.RELU, RELU6: FUSED.RELU6 };
const TAKES_ACTIVATION = new Set<OperatorKind>([
  'CONV_2D',
  'DEPTHWISE_CONV_2D',
  'FULLY_CONNECTED',
  'ADD',
  'SUB',
  'MUL',
  'AVERAGE_POOL_2D',
  'MAX_POOL_2D',
  'CONCATENATION',
]);

/** Fuse until nothing changes. Exact in real numbers; in float32 up to the rounding of one product. */
export function fuse(graph: Graph): Graph {
  const tensors = [...graph.tensors];
  let operators: readonly Operator[] = graph.operators;
  for (;;) {
    const next = fuseOnce({ ...graph, tensors, operators }, tensors);
    if (next === undefined) return compact({ ...graph, tensors, operators });
    operators = next;
  }
}

function fuseOnce(graph: Graph, tensors: Tensor[]): readonly Operator[] | undefined {
  const producers = new Map(
    graph.operators.flatMap((operator) => operator.outputs.map((output) => [output, operator] as const)),
  );
  const uses = new Map<number, number>();
  for (const index of [...graph.operators.flatMap(({ inputs }) => inputs), ...graph.outputs]) {
    uses.set(index, (uses.get(index) ?? 0) + 1);
  }
  for (const operator of graph.operators) {
    const producer = operator.inputs.map((input) => producers.get(input)).find((one) => one !== undefined);
    if (producer === undefined || uses.get(producer.outputs[0]!) !== 1) continue;
    const fused = fusePair(producer, operator, tensors);
    if (fused !== undefined)
      return graph.operators.filter((one) => one !== operator).map((one) => (one === producer ? fused : one));
    const through = fuseThrough(producer, operator, { producers, uses, tensors });
    if (through === undefined) continue;
    return graph.operators.filter((one) => one !== operator).map((one) => through.get(one) ?? one);
  }
  return undefined;
}

/** The producer with the operator behind it fused in, writing the latter's output; `undefined` where that cannot be. */
function fusePair(producer: Operator, operator: Operator, tensors: Tensor[]): Operator | undefined {
  if ((producer.options['activation'] ?? FUSED.NONE) !== FUSED.NONE) return undefined;
  const activation = ACTIVATIONS[operator.kind];
  if (activation !== undefined) {
    if (!TAKES_ACTIVATION.has(producer.kind)) return undefined;
    return { ...producer, outputs: operator.outputs, options: { ...producer.options, activation } };
  }
  const axis = CHANNEL_AXIS[producer.kind];
  const values = channelValues(operator, producer, tensors);
  if (axis === undefined || values === undefined) return undefined;
  const [input, weights, bias = -1] = producer.inputs as [number, number, number?];
  if (bias < 0 || floatsOf(tensors[bias]!) === undefined || floatsOf(tensors[weights]!) === undefined)
    return undefined;
  const inputs =
    operator.kind === 'MUL'
      ? [input, scaled(tensors, weights, axis, values), scaled(tensors, bias, 0, values)]
      : [input, weights, offset(tensors, bias, values)];
  return {
    ...producer,
    inputs,
    outputs: operator.outputs,
    options: { ...producer.options, activation: operator.options['activation'] ?? FUSED.NONE },
  };
}

interface Surroundings {
  readonly producers: ReadonlyMap<number, Operator>;
  /** How often each tensor is taken. */
  readonly uses: ReadonlyMap<number, number>;
  readonly tensors: Tensor[];
}

/**
 * Fuse a factor or an offset into the convolution or product before pools or means, which it passes.
 * @returns what takes the place of the convolution, and of what made the operator's input
 */
function fuseThrough(
  producer: Operator,
  operator: Operator,
  { producers, uses, tensors }: Surroundings,
): ReadonlyMap<Operator, Operator> | undefined {
  const { kind, options } = operator;
  const values = channelValues(operator, producer, tensors);
  if ((kind !== 'MUL' && kind !== 'ADD') || values === undefined) return undefined;
  const activation = options['activation'] ?? FUSED.NONE;
  if (activation !== FUSED.NONE && !TAKES_ACTIVATION.has(producer.kind)) return undefined;
  let first = producer;
  while (CHANNEL_AXIS[first.kind] === undefined) {
    const before = producers.get(first.inputs[0]!);
    if (!commutes(kind, values, first, tensors) || before === undefined) return undefined;
    if (uses.get(before.outputs[0]!) !== 1) return undefined;
    first = before;
  }
  if (tensors[first.outputs[0]!]!.shape.at(-1) !== values.length) return undefined;
  const fused = fusePair(
    first,
    {
      ...operator,
      inputs: operator.inputs.map((index) => (index === producer.outputs[0] ? first.outputs[0]! : index)),
      outputs: first.outputs,
      options: {},
    },
    tensors,
  );
  if (fused === undefined) return undefined;
  const last: Operator = {
    ...producer,
    outputs: operator.outputs,
    options: activation === FUSED.NONE ? producer.options : { ...producer.options, activation },
  };
  return new Map([
    [first, fused],
    [producer, last],
  ]);
}

/** The constant by which MUL scales, or that ADD adds, where it is one value for each channel of the producer's output. */
function channelValues(
  operator: Operator,
  producer: Operator,
  tensors: readonly Tensor[],
): Float32Array | undefined {
  if (operator.kind !== 'MUL' && operator.kind !== 'ADD') return undefined;
  const other = tensors[operator.inputs.find((input) => input !== producer.outputs[0]) ?? -1];
  const values = other === undefined ? undefined : floatsOf(other);
  const channels = tensors[producer.outputs[0]!]!.shape.at(-1)!;
  if (values === undefined) return undefined;
  if (values.length === 1) return new Float32Array(channels).fill(values[0]!);
  return values.length === channels && other!.shape.at(-1) === channels ? values : undefined;
}

function scaled(tensors: Tensor[], index: number, axis: number, factor: Float32Array): number {
  const tensor = tensors[index]!;
  const values = floatsOf(tensor)!;
  const inner = tensor.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const channels = tensor.shape[axis]!;
  return (
    tensors.push(
      withFloats(
        tensor,
        values.map((value, at) => value * factor[Math.floor(at / inner) % channels]!),
      ),
    ) - 1
  );
}

function offset(tensors: Tensor[], index: number, add: Float32Array): number {
  const tensor = tensors[index]!;
  return (
    tensors.push(
      withFloats(
        tensor,
        floatsOf(tensor)!.map((value, at) => value + add[at]!),
      ),
    ) - 1
  );
}
