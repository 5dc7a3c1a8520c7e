import type { Graph } from '../graph.ts';
import { kernelOf } from '../passes/channels/kernel.ts';
import { floatsOf, withFloats } from '../passes/constants.ts';
import type { ChannelStatistics } from './channel-statistics.ts';
import { CHANNEL_AXIS } from './precision.ts';
import { quantizeWeights } from './weights.ts';

/**
 * Put what rounding the weights adds to an output on average, Σ (w − rounded w) × mean of the input, into the bias.
 * @see https://arxiv.org/abs/1906.04721
 */
export function correctBias(
  graph: Graph,
  statistics: ReadonlyMap<number, ChannelStatistics>,
  denseByChannel: boolean,
): Graph {
  const tensors = [...graph.tensors];
  const operators = graph.operators.map((operator) => {
    const kernel = kernelOf(operator, graph.tensors);
    const weights = kernel && graph.tensors[operator.inputs[kernel.weights]!]!;
    const bias = kernel && graph.tensors[operator.inputs[kernel.bias] ?? -1];
    const mean = kernel && statistics.get(operator.inputs[kernel.input]!)?.mean;
    if (kernel === undefined || weights === undefined || mean === undefined) return operator;
    const biases = bias && floatsOf(bias);
    if (bias === undefined || biases === undefined || floatsOf(weights) === undefined) return operator;
    const byChannel = operator.kind !== 'FULLY_CONNECTED' || denseByChannel;
    const { data, quantization } = quantizeWeights(
      weights,
      byChannel ? CHANNEL_AXIS[operator.kind] : undefined,
    );
    const codes = new Int8Array(data!.buffer);
    const corrected = biases.map((value, output) => {
      const scale = quantization!.scale[output % quantization!.scale.length]!;
      let sum = value;
      const channels =
        kernel.multiplier === undefined ? mean.keys() : [Math.floor(output / kernel.multiplier)];
      for (const channel of channels) {
        for (let tap = 0; tap < kernel.taps; tap++) {
          const at = kernel.at(output, tap, channel);
          sum += (kernel.values[at]! - codes[at]! * scale) * mean[channel]!;
        }
      }
      return sum;
    });
    const index = tensors.push(withFloats(bias, corrected)) - 1;
    return { ...operator, inputs: operator.inputs.with(kernel.bias, index) };
  });
  // Indices stay: ranges are by index.
  return { ...graph, tensors, operators };
}
