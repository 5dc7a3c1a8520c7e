// Moves factors of channels from one layer into the next, so that no channel is too small for a scale that all share.
// Source: Nagel and others, Data-Free Quantization Through Weight Equalization and Bias Correction, arXiv 1906.04721.

import type { Graph, Operator } from '../graph.ts';
import { eachWeight, kernelOf, type Kernel } from '../passes/channels/kernel.ts';
import { compact } from '../passes/compact.ts';
import { floatsOf, withFloats } from '../passes/constants.ts';
import { FUSED, type OperatorKind } from '../tflite/operators.ts';
import type { ChannelStatistics } from './channel-statistics.ts';

/** What a factor passes through unchanged. */
const HOMOGENEOUS = new Set<OperatorKind>(['MAX_POOL_2D', 'AVERAGE_POOL_2D', 'MEAN', 'RESHAPE', 'RELU']);

/**
 * Equalize each pair of a layer and the one behind it. A channel whose activations reach to a, and which the next layer weighs
 * with up to w, is divided by √(a / w) in the first and multiplied in the second: both spread out half as far. Factors are powers
 * of two, so that the float network's outputs keep their bits.
 */
export function equalize(graph: Graph, statistics: ReadonlyMap<number, ChannelStatistics>): Graph {
  const tensors = [...graph.tensors];
  const operators = [...graph.operators];
  for (const [step, first] of graph.operators.entries()) {
    const behind = nextLayer(graph, first);
    if (behind === undefined) continue;
    const next = operators[behind]!;
    const [before, after] = [kernelOf(operators[step]!, tensors)!, kernelOf(next, tensors)!];
    const factors = factorsOf(statistics.get(first.outputs[0]!)!, after, before.outputs);
    const scaledBy = (operator: Operator, position: number, factor: (at: number) => number): number => {
      const tensor = tensors[operator.inputs[position]!]!;
      return (
        tensors.push(
          withFloats(
            tensor,
            floatsOf(tensor)!.map((value, at) => value * factor(at)),
          ),
        ) - 1
      );
    };
    const down = (channel: number): number => 1 / factors[channel % before.outputs]!;
    const weights = scaledBy(operators[step]!, before.weights, byOutput(before, down));
    const bias = scaledBy(operators[step]!, before.bias, down);
    operators[step] = {
      ...operators[step]!,
      inputs: operators[step]!.inputs.with(before.weights, weights).with(before.bias, bias),
    };
    const up = scaledBy(
      next,
      after.weights,
      byInput(after, (channel) => factors[channel % before.outputs]!),
    );
    operators[behind] = { ...next, inputs: next.inputs.with(after.weights, up) };
  }
  return compact({ ...graph, tensors, operators });
}

/** Place of the only layer that takes what this one makes; `undefined` where there is none, or a factor would not pass. */
function nextLayer(graph: Graph, first: Operator): number | undefined {
  const kernel = kernelOf(first, graph.tensors);
  if (kernel === undefined || first.kind === 'TRANSPOSE_CONV' || !isScalable(first, kernel, graph))
    return undefined;
  if (![FUSED.NONE, FUSED.RELU].includes(Number(first.options['activation'] ?? FUSED.NONE) as 0 | 1))
    return undefined;
  let made = first.outputs[0]!;
  for (;;) {
    const users = graph.operators.flatMap(({ inputs }, at) => (inputs.includes(made) ? [at] : []));
    if (users.length !== 1 || graph.outputs.includes(made)) return undefined;
    const [at] = users;
    const user = graph.operators[at!]!;
    const next = kernelOf(user, graph.tensors);
    if (next !== undefined) {
      const spread = next.channels % kernel.outputs === 0;
      return spread && user.kind !== 'TRANSPOSE_CONV' && isScalable(user, next, graph) ? at : undefined;
    }
    const kept = graph.tensors[user.outputs[0]!]!.shape.at(-1)! % kernel.outputs === 0;
    if (!HOMOGENEOUS.has(user.kind) || !kept) return undefined;
    if ((user.options['activation'] ?? FUSED.NONE) !== FUSED.NONE) return undefined;
    made = user.outputs[0]!;
  }
}

const isScalable = ({ inputs }: Operator, { weights, bias }: Kernel, { tensors }: Graph): boolean =>
  [weights, bias].every((position) => {
    const tensor = tensors[inputs[position] ?? -1];
    return tensor !== undefined && floatsOf(tensor) !== undefined;
  });

function factorsOf({ largest }: ChannelStatistics, next: Kernel, channels: number): Float64Array {
  const weights = new Float64Array(channels);
  eachWeight(next, (at, channel) => {
    weights[channel % channels] = Math.max(weights[channel % channels]!, Math.abs(next.values[at]!));
  });
  return Float64Array.from(largest, (reach, channel) => {
    const ratio = reach / weights[channel]!;
    return ratio > 0 && Number.isFinite(ratio) ? 2 ** Math.round(Math.log2(ratio) / 2) : 1;
  });
}

const byOutput = (kernel: Kernel, factor: (output: number) => number): ((at: number) => number) =>
  spread(kernel, (_, output) => factor(output));

const byInput = (kernel: Kernel, factor: (channel: number) => number): ((at: number) => number) =>
  spread(kernel, (channel) => factor(channel));

function spread(kernel: Kernel, factor: (channel: number, output: number) => number): (at: number) => number {
  const factors = new Float64Array(kernel.values.length);
  eachWeight(kernel, (at, channel, output) => {
    factors[at] = factor(channel, output);
  });
  return (at) => factors[at]!;
}
