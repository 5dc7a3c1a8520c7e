import type { Graph } from '../graph.ts';
import { elements } from '../graph.ts';
import { compact } from '../passes/compact.ts';
import type { OperatorKind } from '../tflite/operators.ts';
import { quantizeWeights } from './weights.ts';

const CHANNEL_AXIS: Readonly<Partial<Record<OperatorKind, number>>> = {
  CONV_2D: 0,
  DEPTHWISE_CONV_2D: 3,
  FULLY_CONNECTED: 0,
};

/** Smaller weights stay float, as TensorFlow's converter leaves them: they save nothing. */
const FEWEST_ELEMENTS = 1024;

/**
 * Quantize weights alone; the kernels quantize activations while they run.
 * @param denseByChannel as in int8: only TensorFlow 2.17 and later load such a FULLY_CONNECTED (version 12)
 */
export function quantizeDynamic(
  graph: Graph,
  { denseByChannel }: { readonly denseByChannel: boolean },
): Graph {
  const tensors = [...graph.tensors];
  const operators = graph.operators.map((operator) => {
    const axis = CHANNEL_AXIS[operator.kind];
    const weights = graph.tensors[operator.inputs[1] ?? -1];
    if (axis === undefined || weights?.data === undefined || elements(weights.shape) < FEWEST_ELEMENTS)
      return operator;
    const byChannel = operator.kind !== 'FULLY_CONNECTED' || denseByChannel;
    const index = tensors.push(quantizeWeights(weights, byChannel ? axis : undefined)) - 1;
    return Object.assign({}, operator, { inputs: operator.inputs.with(1, index) });
  });
  return compact({ ...graph, tensors, operators });
}
