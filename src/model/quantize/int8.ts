// Static int8: weights by channel, activations by tensor, as TensorFlow's converter does it.
// Source: the TFLite quantization specification, and what the official files hold.

import { UserError } from '../../errors.ts';
import type { Graph, Operator, Quantization, Tensor } from '../graph.ts';
import { GraphEditor } from '../graph-editor.ts';
import { floatsOf } from '../passes/constants.ts';
import type { OperatorKind } from '../tflite/operators.ts';
import { activationParameters, type Ranges } from './ranges.ts';
import { quantizeBias, quantizeConstant, quantizeWeights } from './weights.ts';

/** Outputs whose parameters the kernels fix. */
const FIXED: Readonly<Partial<Record<OperatorKind, Quantization>>> = {
  SOFTMAX: { scale: [1 / 256], zeroPoint: [-128], axis: 0 },
  LOGISTIC: { scale: [1 / 256], zeroPoint: [-128], axis: 0 },
  TANH: { scale: [1 / 128], zeroPoint: [0], axis: 0 },
};

/** The output has the parameters of the input. */
const SAME_SCALE = new Set<OperatorKind>([
  'AVERAGE_POOL_2D',
  'MAX_POOL_2D',
  'RESHAPE',
  'PAD',
  'PADV2',
  'RESIZE_BILINEAR',
  'RESIZE_NEAREST_NEIGHBOR',
  'TRANSPOSE',
  'SQUEEZE',
  'EXPAND_DIMS',
  'SLICE',
  'STRIDED_SLICE',
  'GATHER',
  'SPLIT',
  'REDUCE_MAX',
]);

/** The kernels compare or copy codes: every input has the parameters of the output. */
const ONE_SCALE = new Set<OperatorKind>(['CONCATENATION', 'MAXIMUM', 'MINIMUM', 'PACK']);

const NO_KERNEL = new Set<OperatorKind>(['DIV']);

/** Dimension of the weights that scales run along. */
const CHANNEL_AXIS: Readonly<Partial<Record<OperatorKind, number>>> = {
  CONV_2D: 0,
  DEPTHWISE_CONV_2D: 3,
  FULLY_CONNECTED: 0,
  TRANSPOSE_CONV: 0,
};

export interface Int8Options {
  /** `float`: QUANTIZE and DEQUANTIZE at the edges, for TensorFlow Serving's REST; `int8`: the bare network. */
  readonly io: 'float' | 'int8';
  /** Whether the weights of FULLY_CONNECTED have a scale for each row; runtimes before TensorFlow 2.17 want one for all. */
  readonly denseByChannel: boolean;
}

/**
 * Quantize a float graph.
 * @param graph fused; every operator is one of those that have int8 kernels
 * @param ranges of every activation, by index
 */
export function quantizeInt8(graph: Graph, ranges: Ranges, options: Int8Options): Graph {
  const edit = new GraphEditor(graph);
  const parameters = assignParameters(graph, ranges);
  const quantized = new Map<number, number>();
  const activation = (index: number): number => {
    const known = quantized.get(index);
    if (known !== undefined) return known;
    const tensor = graph.tensors[index]!;
    const made = edit.add({ ...tensor, type: 'int8', quantization: parameters.get(index)! });
    quantized.set(index, made);
    return made;
  };
  for (const operator of graph.operators) {
    if (NO_KERNEL.has(operator.kind)) {
      throw new UserError(
        'MODEL_UNSUPPORTED',
        `${operator.kind}, which makes ${graph.tensors[operator.outputs[0]!]!.name}, has no int8 kernel`,
        'use the recipe dynamic or float16, or build the network without it',
      );
    }
    const axis = CHANNEL_AXIS[operator.kind];
    const plain = (): readonly number[] =>
      operator.inputs.map((index) => plainInput(graph, index, edit, activation));
    const inputs = ONE_SCALE.has(operator.kind)
      ? rescaledInputs(graph, operator, parameters.get(operator.outputs[0]!)!, edit, activation)
      : axis === undefined
        ? plain()
        : weightedInputs(graph, operator, axis, options, edit, activation);
    edit.operator({ ...operator, inputs, outputs: operator.outputs.map(activation) });
  }
  return edit.finish(graph.inputs.map(activation), graph.outputs.map(activation), options.io);
}

/** Parameters of every activation. Operators that keep their input's scale take it over, whatever was observed. */
function assignParameters(graph: Graph, ranges: Ranges): ReadonlyMap<number, Quantization> {
  const parameters = new Map<number, Quantization>();
  for (const index of graph.inputs) parameters.set(index, activationParameters(ranges.get(index)!));
  for (const { kind, inputs, outputs } of graph.operators) {
    for (const output of outputs) {
      const kept = SAME_SCALE.has(kind) ? parameters.get(inputs[0]!) : undefined;
      parameters.set(output, FIXED[kind] ?? kept ?? activationParameters(ranges.get(output)!));
    }
  }
  return parameters;
}

function plainInput(
  graph: Graph,
  index: number,
  edit: GraphEditor,
  activation: (index: number) => number,
): number {
  if (index < 0) return index;
  const tensor = graph.tensors[index]!;
  if (tensor.data === undefined) return activation(index);
  return edit.add(floatsOf(tensor) === undefined ? tensor : quantizeConstant(tensor));
}

/** Activations on another scale are brought to the output's; constants are quantized to it. */
function rescaledInputs(
  graph: Graph,
  { inputs }: Operator,
  quantization: Quantization,
  edit: GraphEditor,
  activation: (index: number) => number,
): readonly number[] {
  return inputs.map((index) => {
    const tensor = graph.tensors[index]!;
    if (tensor.data !== undefined) return edit.add(quantizeConstant(tensor, quantization));
    const made = activation(index);
    const { scale, zeroPoint } = edit.at(made).quantization!;
    if (scale[0] === quantization.scale[0] && zeroPoint[0] === quantization.zeroPoint[0]) return made;
    const rescaled = edit.add({ ...edit.at(made), name: `${tensor.name}/rescaled`, quantization });
    edit.operator({ kind: 'QUANTIZE', inputs: [made], outputs: [rescaled], options: {} });
    return rescaled;
  });
}

function weightedInputs(
  graph: Graph,
  operator: Operator,
  axis: number,
  { denseByChannel }: Int8Options,
  edit: GraphEditor,
  activation: (index: number) => number,
): readonly number[] {
  if (operator.kind === 'TRANSPOSE_CONV') {
    const [size, kernel, from] = operator.inputs as [number, number, number];
    const codes = edit.add(quantizeWeights(graph.tensors[kernel]!, axis));
    return [edit.add(graph.tensors[size]!), codes, activation(from)];
  }
  const [input, weights, bias] = operator.inputs as [number, number, number | undefined];
  const source: Tensor = graph.tensors[weights]!;
  const byChannel = operator.kind !== 'FULLY_CONNECTED' || denseByChannel;
  const quantizedWeights = quantizeWeights(source, byChannel ? axis : undefined);
  const quantizedInput = activation(input);
  const inputScale = edit.at(quantizedInput).quantization!.scale[0]!;
  const rest =
    bias === undefined || bias < 0
      ? []
      : [edit.add(quantizeBias(graph.tensors[bias]!, inputScale, quantizedWeights.quantization!))];
  return [quantizedInput, edit.add(quantizedWeights), ...rest];
}
