// Takes a factor and an offset by channel that stand before a convolution or a matrix product into its weights and bias.

import { elements, type Graph, type Operator, type Tensor } from '../graph.ts';
import { FUSED, PADDING } from '../tflite/operators.ts';
import { compact } from './compact.ts';
import { floatsOf, withFloats } from './constants.ts';

/**
 * Absorb until nothing changes. A factor is exact with any padding, since padded zeros stay zero; an offset only where nothing
 * is padded, since padded zeros would have to become it.
 */
export function absorb(graph: Graph): Graph {
  const tensors = [...graph.tensors];
  let operators = [...graph.operators];
  for (;;) {
    const pair = findPair({ ...graph, tensors, operators });
    if (pair === undefined) return compact({ ...graph, tensors, operators });
    const [before, convolution] = pair;
    const [input, other] = floatsOf(tensors[before.inputs[1]!]!) ? before.inputs : before.inputs.toReversed();
    const merged = merge(convolution, before.kind, floatsOf(tensors[other!]!)!, tensors);
    const absorbed: Operator = { ...convolution, inputs: [input!, ...merged] };
    operators = operators.flatMap((one) => (one === before ? [] : [one === convolution ? absorbed : one]));
  }
}

/** Their weights run over input channels in the last dimension. */
const ABSORBING = new Set<Operator['kind']>(['CONV_2D', 'FULLY_CONNECTED']);

function findPair({ tensors, operators, outputs }: Graph): readonly [Operator, Operator] | undefined {
  const uses = new Map<number, number>();
  for (const index of [...operators.flatMap(({ inputs }) => inputs), ...outputs]) {
    uses.set(index, (uses.get(index) ?? 0) + 1);
  }
  for (const convolution of operators) {
    const [input, weights, bias] = convolution.inputs;
    if (!ABSORBING.has(convolution.kind) || bias === undefined || bias < 0) continue;
    const before = operators.find(({ outputs: [made] }) => made === input);
    if (before === undefined || uses.get(input!) !== 1) continue;
    const padded = convolution.kind === 'CONV_2D' && convolution.options['padding'] !== PADDING.VALID;
    if (before.kind !== 'MUL' && (before.kind !== 'ADD' || padded)) continue;
    if ((before.options['activation'] ?? FUSED.NONE) !== FUSED.NONE) continue;
    const channels = tensors[weights!]!.shape.at(-1);
    const constant = before.inputs.map((index) => tensors[index]!).find(({ data }) => data !== undefined);
    if (constant === undefined || floatsOf(constant) === undefined) continue;
    if (floatsOf(tensors[weights!]!) === undefined || tensors[input!]!.shape.at(-1) !== channels) continue;
    if (elements(constant.shape) === channels && constant.shape.at(-1) === channels)
      return [before, convolution];
  }
  return undefined;
}

/** Weights and bias with what stood before them. @returns their indices */
function merge(
  { inputs }: Operator,
  kind: Operator['kind'],
  values: Float32Array,
  tensors: Tensor[],
): readonly number[] {
  const [, weights, bias] = inputs as readonly [number, number, number];
  const kernel = tensors[weights]!;
  const own = floatsOf(kernel)!;
  const channels = values.length;
  if (kind === 'MUL') {
    const scaled = own.map((value, at) => value * values[at % channels]!);
    return [tensors.push(withFloats(kernel, scaled)) - 1, bias];
  }
  const each = own.length / kernel.shape[0]!;
  const shifted = floatsOf(tensors[bias]!)!.map((value, output) => {
    let sum = value;
    for (let at = 0; at < each; at++) sum += own[output * each + at]! * values[at % channels]!;
    return sum;
  });
  return [weights, tensors.push(withFloats(tensors[bias]!, shifted)) - 1];
}
