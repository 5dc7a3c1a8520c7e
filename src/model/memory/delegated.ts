import type { Graph, Operator, TensorType } from '../graph.ts';
import type { OperatorKind } from '../tflite/operators.ts';

/** No kernels of XNNPACK for any type: the runtime's own compute them. */
const NEVER = new Set<OperatorKind>([
  'GATHER',
  'PACK',
  'SHAPE',
  'SQUEEZE',
  'RESIZE_NEAREST_NEIGHBOR',
  'PADV2',
]);
const FLOAT_ONLY = new Set<OperatorKind>([
  'RELU',
  'RELU6',
  'SOFTMAX',
  'PRELU',
  'MAXIMUM',
  'MINIMUM',
  'AVERAGE_POOL_2D',
  'GELU',
  'HARD_SWISH',
  'DIV',
  'EXP',
  'RSQRT',
  'SUM',
]);
const TYPES = new Set<TensorType>(['float32', 'float16', 'int8']);

/** Whether XNNPACK takes an operator over; the others stay with the runtime's own kernels, which pack nothing. */
export function isDelegated(graph: Graph, { kind, inputs, outputs }: Operator): boolean {
  if (NEVER.has(kind)) return false;
  const typeOf = (index: number | undefined): TensorType | undefined => graph.tensors[index ?? -1]?.type;
  const input = typeOf(kind === 'TRANSPOSE_CONV' ? inputs[2] : inputs[0])!;
  if (!TYPES.has(input) || !TYPES.has(typeOf(outputs[0])!)) return false;
  if (input === 'int8' && FLOAT_ONLY.has(kind)) return false;
  return !(kind === 'DEPTHWISE_CONV_2D' && input === 'float32' && typeOf(inputs[1]) === 'int8');
}
