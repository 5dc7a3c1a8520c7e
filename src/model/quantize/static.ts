// Static quantization: weights by channel, activations by tensor, as TensorFlow's converter does it.
// Source: the TFLite quantization specification, and what the official files hold.

import { UserError } from '../../errors.ts';
import type { Graph, Operator } from '../graph.ts';
import { floatsOf } from '../passes/constants.ts';
import { Activations } from './activations.ts';
import {
  available,
  CHANNEL_AXIS,
  NO_INT8,
  ONE_SCALE,
  type Precision,
  type PrecisionOf,
} from './precision.ts';
import type { Ranges } from './ranges.ts';
import { leastScales, quantizeBias, quantizeConstant, quantizeWeights } from './weights.ts';

export interface StaticOptions {
  /** `float`: QUANTIZE and DEQUANTIZE at the edges, for TensorFlow Serving's REST; `int8`: the bare network. */
  readonly io: 'float' | 'int8';
  /** Whether the weights of FULLY_CONNECTED have a scale for each row; runtimes before TensorFlow 2.17 want one for all. */
  readonly denseByChannel: boolean;
}

/**
 * Quantize a float graph.
 * @param graph fused
 * @param ranges of every activation, by index
 * @param base what a bare network takes and gives
 * @param precisionOf what each operator computes in; float where it has no kernel for int16
 * @throws UserError `MODEL_UNSUPPORTED` for an operator that is to be int8 and has no such kernel
 */
export function quantizeStatic(
  graph: Graph,
  ranges: Ranges,
  options: StaticOptions,
  base: Precision,
  precisionOf: PrecisionOf,
): Graph {
  const outside = options.io === 'float' ? 'float' : base;
  const activations = new Activations(graph, ranges, outside);
  const work: Work = { graph, activations, options, rescaled: new Map() };
  for (const operator of graph.operators) {
    const precision = available(precisionOf(operator), operator.kind);
    if (precision === 'int8' && NO_INT8.has(operator.kind)) {
      throw new UserError(
        'MODEL_UNSUPPORTED',
        `${operator.kind}, which makes ${graph.tensors[operator.outputs[0]!]!.name}, has no int8 kernel`,
        'keep that layer float, or use the recipe dynamic or float16',
      );
    }
    const inputs = inputsOf(operator, precision, work);
    const outputs = activations.outputsOf(operator, precision);
    const rescaled =
      ONE_SCALE.has(operator.kind) && precision !== 'float'
        ? inputs.map((index, position) => toScale(index, outputs[0]!, operator.inputs[position]!, work))
        : inputs;
    // Int16 sums have any scale here, which an older kind of kernel did not allow.
    const wide = precision === 'int16x8' && (operator.kind === 'ADD' || operator.kind === 'SUB');
    const kernel = wide ? { ...operator.options, potScaleInt16: false } : operator.options;
    activations.operator({ ...operator, options: kernel, inputs: rescaled, outputs });
  }
  return activations.finish(outside);
}

interface Work {
  readonly graph: Graph;
  readonly activations: Activations;
  readonly options: StaticOptions;
  /** Activations that were brought to another scale, by index and scale. */
  readonly rescaled: Map<string, number>;
}

function inputsOf(operator: Operator, precision: Precision, work: Work): readonly number[] {
  const { graph, activations } = work;
  const axis = CHANNEL_AXIS[operator.kind];
  if (axis !== undefined && precision !== 'float') return weightedInputs(operator, axis, precision, work);
  return operator.inputs.map((index) => {
    if (index < 0) return index;
    const tensor = graph.tensors[index]!;
    if (tensor.data === undefined) {
      return tensor.type === 'float32' ? activations.in(index, precision) : activations.add(tensor);
    }
    const plain = precision === 'float' || floatsOf(tensor) === undefined;
    return activations.add(plain ? tensor : quantizeConstant(tensor, precision));
  });
}

/** Activations on another scale are brought to the output's; constants are quantized to it. */
function toScale(index: number, output: number, source: number, work: Work): number {
  const { graph, activations } = work;
  const tensor = activations.at(index);
  const { quantization, type } = activations.at(output);
  const { scale, zeroPoint } = quantization!;
  if (tensor.data !== undefined)
    return activations.add(
      quantizeConstant(graph.tensors[source]!, type === 'int8' ? 'int8' : 'int16x8', quantization),
    );
  const own = tensor.quantization!;
  if (own.scale[0] === scale[0] && own.zeroPoint[0] === zeroPoint[0]) return index;
  const key = [index, scale[0], zeroPoint[0]].join('/');
  const known = work.rescaled.get(key);
  if (known !== undefined) return known;
  const rescaled = activations.add({
    ...tensor,
    name: `${graph.tensors[source]!.name}/rescaled`,
    quantization: quantization!,
  });
  activations.operator({ kind: 'QUANTIZE', inputs: [index], outputs: [rescaled], options: {} });
  work.rescaled.set(key, rescaled);
  return rescaled;
}

function weightedInputs(
  operator: Operator,
  axis: number,
  precision: Exclude<Precision, 'float'>,
  { graph, activations, options: { denseByChannel } }: Work,
): readonly number[] {
  const [inputAt, weightsAt, biasAt] = operator.kind === 'TRANSPOSE_CONV' ? [2, 1, 3] : [0, 1, 2];
  const byChannel = operator.kind !== 'FULLY_CONNECTED' || denseByChannel;
  const weights = graph.tensors[operator.inputs[weightsAt]!]!;
  const bias = graph.tensors[operator.inputs[biasAt] ?? -1];
  const from = activations.in(operator.inputs[inputAt]!, precision);
  const inputScale = activations.at(from).quantization!.scale[0]!;
  const wide = precision === 'int16x8';
  const least = bias && leastScales(bias, inputScale, byChannel ? weights.shape[axis]! : 1, wide);
  const codes = quantizeWeights(weights, byChannel ? axis : undefined, least);
  const quantized = new Map([
    [inputAt, from],
    [weightsAt, activations.add(codes)],
  ]);
  if (bias !== undefined)
    quantized.set(biasAt, activations.add(quantizeBias(bias, inputScale, codes.quantization!, wide)));
  return operator.inputs.map((index, position) =>
    index < 0 ? index : (quantized.get(position) ?? activations.add(graph.tensors[index]!)),
  );
}
