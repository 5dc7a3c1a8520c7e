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
]);
const TYPES = new Set<TensorType>(['float32', 'float16', 'int8']);

/** Whether XNNPACK takes an operator over; the others stay with the runtime's own kernels, which pack nothing. */
export function isDelegated(graph: Graph, operator: Operator): boolean {
  const { kind, inputs, outputs } = operator;
  if (NEVER.has(kind)) return false;
  const typeOf = (index: number | undefined): TensorType | undefined => graph.tensors[index ?? -1]?.type;
  const input = typeOf(kind === 'TRANSPOSE_CONV' ? inputs[2] : inputs[0])!;
  if (!TYPES.has(input) || !TYPES.has(typeOf(outputs[0])!)) return false;
  if (input === 'int8' && FLOAT_ONLY.has(kind)) return false;
  if (input === 'int8' && typeOf(outputs[0]) === 'int8' && !isWithinScales(graph, operator)) return false;
  return !(kind === 'DEPTHWISE_CONV_2D' && input === 'float32' && typeOf(inputs[1]) === 'int8');
}

/** From scales of the inputs, as shares of the output's: whether XNNPACK's whole-number factors hold them. */
type Holds = (ratios: readonly number[], operator: Operator, to: number) => boolean;

const inBytes = (ratio: number): boolean => ratio >= 2 ** -8 && ratio <= 2 ** 7;
const ofSum: Holds = (ratios) => ratios.every((ratio) => ratio >= 2 ** -10 && ratio < 2 ** 8);

/** Of int8. Source: google-ai-edge/LiteRT, tflite/delegates/xnnpack/xnnpack_delegate.cc. */
const HOLDS: Readonly<Partial<Record<OperatorKind, Holds>>> = {
  ADD: ofSum,
  SUB: ofSum,
  MUL: ([a = 1, b = 1], _, to) => a * b * to >= 2 ** -16 && a * b * to < 2 ** 8,
  QUANTIZE: ([ratio = 1]) => inBytes(ratio),
  LEAKY_RELU: ([ratio = 1], { options }) => {
    const slope = ratio * Number(options['alpha'] ?? 0);
    return inBytes(ratio) && Math.abs(slope) >= 2 ** -8 && slope <= 2 ** 7 && slope >= -127.99609375;
  },
};

function isWithinScales({ tensors }: Graph, operator: Operator): boolean {
  const scaleOf = (index: number): number => tensors[index]!.quantization?.scale[0] ?? 1;
  const to = scaleOf(operator.outputs[0]!);
  const ratios = operator.inputs.map((index) => (index < 0 ? 1 : scaleOf(index) / to));
  return HOLDS[operator.kind]?.(ratios, operator, to) ?? true;
}
