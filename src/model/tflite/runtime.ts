// The oldest runtime that loads a model.
// Source: google-ai-edge/LiteRT, tflite/converter/tools/versioning/runtime_version.cc.

import type { Graph } from '../graph.ts';
import type { OperatorKind } from './operators.ts';
import { operatorVersion } from './versions.ts';

/** Version of TensorFlow Lite: [major, minor]. */
export type RuntimeVersion = readonly [major: number, minor: number];

/** Versions of operators that need a runtime newer than any that is still found: newest last. */
const NEEDS: Readonly<Partial<Record<OperatorKind, Readonly<Record<number, RuntimeVersion>>>>> = {
  ADD: { 3: [2, 4], 4: [2, 6], 5: [2, 13] },
  AVERAGE_POOL_2D: { 3: [2, 3] },
  CONCATENATION: { 3: [2, 3], 4: [2, 14] },
  CONV_2D: { 4: [2, 3], 5: [2, 4], 6: [2, 9], 7: [2, 11], 8: [2, 15] },
  DEPTHWISE_CONV_2D: { 4: [2, 2], 5: [2, 3], 6: [2, 3], 7: [2, 11] },
  DEQUANTIZE: { 3: [1, 15], 4: [2, 2], 5: [2, 7] },
  DIV: { 2: [2, 3] },
  EXP: { 2: [2, 12] },
  FULLY_CONNECTED: {
    5: [2, 0],
    6: [2, 1],
    7: [2, 3],
    8: [2, 3],
    9: [2, 3],
    10: [2, 11],
    11: [2, 15],
    12: [2, 17],
  },
  GATHER: { 3: [1, 15], 4: [2, 4], 5: [2, 5] },
  GELU: { 1: [2, 9], 2: [2, 9] },
  HARD_SWISH: { 1: [1, 15] },
  LEAKY_RELU: { 2: [2, 3] },
  LOGISTIC: { 3: [2, 3] },
  MAXIMUM: { 3: [2, 3], 4: [2, 3] },
  MAX_POOL_2D: { 3: [2, 3] },
  MEAN: { 3: [2, 4] },
  MINIMUM: { 3: [2, 3], 4: [2, 3] },
  MUL: { 3: [1, 15], 4: [2, 3], 5: [2, 6] },
  PACK: { 3: [2, 3] },
  PAD: { 3: [2, 4], 4: [2, 6] },
  PADV2: { 3: [2, 4], 4: [2, 6] },
  QUANTIZE: { 2: [1, 15], 3: [2, 7] },
  REDUCE_MAX: { 3: [2, 5] },
  RELU: { 2: [2, 1], 3: [2, 5] },
  RELU6: { 3: [2, 5] },
  RESIZE_BILINEAR: { 3: [2, 2], 4: [2, 5] },
  RESIZE_NEAREST_NEIGHBOR: { 3: [2, 3], 4: [2, 4] },
  RSQRT: { 2: [2, 5], 3: [2, 15] },
  SLICE: { 4: [2, 4], 5: [2, 5] },
  SOFTMAX: { 3: [2, 3] },
  SPLIT: { 4: [2, 3] },
  STRIDED_SLICE: { 3: [2, 1], 4: [2, 2], 5: [2, 5], 6: [2, 6] },
  SUB: { 3: [2, 3], 4: [2, 4], 5: [2, 4] },
  SUM: { 2: [1, 15] },
  TANH: { 3: [2, 3] },
  TRANSPOSE: { 3: [1, 15], 4: [2, 3], 5: [2, 4], 6: [2, 12] },
  TRANSPOSE_CONV: { 2: [2, 2], 3: [2, 3], 4: [2, 13] },
};
/** What int8 kernels came with. */
const OLDEST: RuntimeVersion = [1, 14];
/**
 * Int8 products with a scale for each row carry the version of those with one for all: older kernels load them and compute
 * nonsense. TensorFlow's converter makes them since 2.17.
 */
const BY_ROW: RuntimeVersion = [2, 17];

export const isOlder = (a: RuntimeVersion, b: RuntimeVersion): boolean =>
  a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);

/** The runtime that a graph needs, and for which operator. */
export function neededRuntime(graph: Graph): { readonly version: RuntimeVersion; readonly because: string } {
  let [version, because] = [OLDEST, 'operators that every runtime has'];
  for (const operator of graph.operators) {
    const { kind, inputs } = operator;
    const number = operator.version ?? operatorVersion(operator, graph);
    const weights = graph.tensors[inputs[1] ?? -1];
    const byRow = kind === 'FULLY_CONNECTED' && (weights?.quantization?.scale.length ?? 0) > 1;
    const needed = byRow ? BY_ROW : NEEDS[kind]?.[number];
    if (needed === undefined || !isOlder(version, needed)) continue;
    version = needed;
    because = byRow ? `${kind} with a scale for each row` : `${kind} in version ${number}`;
  }
  return { version, because };
}

/** `2.17` → [2, 17]. */
export function parseRuntime(text: string): RuntimeVersion {
  const [major = 0, minor = 0] = text.split('.').map(Number);
  return [major, minor];
}
