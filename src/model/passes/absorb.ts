// Takes a factor or an offset by channel that stands before a convolution or a matrix product into its weights and bias.

import { elements, type Graph, type Operator, type Tensor } from '../graph.ts';
import { FUSED } from '../tflite/operators.ts';
import { eachWeight, kernelOf, type Kernel } from './channels/kernel.ts';
import { commutes, type AffineKind } from './commute.ts';
import { compact } from './compact.ts';
import { floatsOf, withFloats } from './constants.ts';

/**
 * Absorb until nothing changes, through what the factor or offset passes unchanged. A factor is exact with any padding, since
 * padded zeros stay zero; an offset only where nothing is padded, since padded zeros would have to become it.
 */
export function absorb(graph: Graph): Graph {
  const tensors = [...graph.tensors];
  let operators = [...graph.operators];
  for (;;) {
    const found = findPair({ ...graph, tensors, operators });
    if (found === undefined) return compact({ ...graph, tensors, operators });
    const { before, affine, behind, kernel } = found;
    const taken: Operator = { ...behind, inputs: merge(behind, kernel, affine, tensors) };
    // What took the affine operator's output takes its input.
    const [made] = before.outputs;
    operators = operators.flatMap((one) => {
      if (one === before) return [];
      const { inputs } = one === behind ? taken : one;
      const rewired = inputs.map((index) => (index === made ? affine.input : index));
      return [{ ...one, inputs: rewired }];
    });
  }
}

/** Multiplies or adds a constant for each channel. */
interface Affine {
  readonly kind: AffineKind;
  readonly values: Float32Array;
  /** What it is applied to. */
  readonly input: number;
}

interface Found {
  readonly before: Operator;
  readonly affine: Affine;
  readonly behind: Operator;
  readonly kernel: Kernel;
}

function findPair(graph: Graph): Found | undefined {
  const users = new Map<number, Operator[]>();
  for (const operator of graph.operators)
    for (const index of new Set(operator.inputs)) users.set(index, [...(users.get(index) ?? []), operator]);
  for (const before of graph.operators) {
    const affine = affineOf(before, graph.tensors);
    const target = affine && targetOf(before, affine, graph, users);
    if (affine !== undefined && target !== undefined) return { before, affine, ...target };
  }
  return undefined;
}

function affineOf({ kind, inputs, options }: Operator, tensors: readonly Tensor[]): Affine | undefined {
  if ((kind !== 'MUL' && kind !== 'ADD') || (options['activation'] ?? FUSED.NONE) !== FUSED.NONE)
    return undefined;
  const constant = inputs.find((index) => tensors[index]!.data !== undefined);
  const input = inputs.find((index) => index !== constant);
  if (constant === undefined || input === undefined) return undefined;
  const values = floatsOf(tensors[constant]!);
  const channels = tensors[input]!.shape.at(-1) ?? 1;
  if (values === undefined || elements(tensors[constant]!.shape) !== channels) return undefined;
  return tensors[constant]!.shape.at(-1) === channels ? { kind, values, input } : undefined;
}

/** The convolution or product behind, with nothing between that a factor or an offset does not pass. */
function targetOf(
  before: Operator,
  { kind, values }: Affine,
  { tensors, outputs }: Graph,
  users: ReadonlyMap<number, readonly Operator[]>,
): Pick<Found, 'behind' | 'kernel'> | undefined {
  let made = before.outputs[0]!;
  for (;;) {
    const [user, ...others] = users.get(made) ?? [];
    if (user === undefined || others.length > 0 || outputs.includes(made)) return undefined;
    const kernel = kernelOf(user, tensors);
    if (kernel !== undefined)
      return takes(user, kernel, kind, values, tensors) ? { behind: user, kernel } : undefined;
    if (!commutes(kind, values, user, tensors)) return undefined;
    made = user.outputs[0]!;
  }
}

function takes(
  { inputs }: Operator,
  kernel: Kernel,
  kind: AffineKind,
  values: Float32Array,
  tensors: readonly Tensor[],
): boolean {
  const bias = tensors[inputs[kernel.bias] ?? -1];
  if (kernel.channels % values.length !== 0 || floatsOf(tensors[inputs[kernel.weights]!]!) === undefined)
    return false;
  return kind === 'MUL' || (!kernel.padded && bias !== undefined && floatsOf(bias) !== undefined);
}

/** The target's inputs, its weights or bias with what stood before them. */
function merge(
  { inputs }: Operator,
  kernel: Kernel,
  { kind, values }: Affine,
  tensors: Tensor[],
): readonly number[] {
  const weights = tensors[inputs[kernel.weights]!]!;
  const own = floatsOf(weights)!;
  if (kind === 'MUL') {
    const scaled = new Float32Array(own.length);
    eachWeight(kernel, (at, channel) => {
      scaled[at] = own[at]! * values[channel % values.length]!;
    });
    return inputs.with(kernel.weights, tensors.push(withFloats(weights, scaled)) - 1);
  }
  const bias = tensors[inputs[kernel.bias]!]!;
  const sums = Float64Array.from(floatsOf(bias)!);
  eachWeight(kernel, (at, channel, output) => {
    sums[output]! += own[at]! * values[channel % values.length]!;
  });
  return inputs.with(kernel.bias, tensors.push(withFloats(bias, Float32Array.from(sums))) - 1);
}
