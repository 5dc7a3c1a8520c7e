import type { OperatorKind } from '../../tflite/operators.ts';
import { bilinear } from './bilinear.ts';
import { binary } from './binary.ts';
import { dequantized, quantized } from './casts.ts';
import { curve } from './curves.ts';
import type { Kernel } from './kernel.ts';
import {
  gathered,
  joined,
  nearest,
  padded,
  same,
  shaped,
  sliced,
  split,
  strided,
  transposed,
} from './moves.ts';
import { pooled } from './pools.ts';
import { prelu } from './prelu.ts';
import { reduced } from './reduce.ts';
import { softmax } from './softmax.ts';
import { weighted } from './weighted.ts';

/** By operator. */
export const KERNELS: Readonly<Record<OperatorKind, Kernel>> = {
  ADD: binary,
  AVERAGE_POOL_2D: pooled,
  CONCATENATION: joined,
  CONV_2D: weighted,
  DEPTHWISE_CONV_2D: weighted,
  DEQUANTIZE: dequantized,
  DIV: binary,
  ELU: curve,
  EXP: curve,
  EXPAND_DIMS: same,
  FULLY_CONNECTED: weighted,
  GATHER: gathered,
  GELU: curve,
  HARD_SWISH: curve,
  LEAKY_RELU: curve,
  LOGISTIC: curve,
  MAXIMUM: binary,
  MAX_POOL_2D: pooled,
  MEAN: reduced,
  MINIMUM: binary,
  MUL: binary,
  PACK: joined,
  PAD: padded,
  PADV2: padded,
  PRELU: prelu,
  QUANTIZE: quantized,
  REDUCE_MAX: reduced,
  RELU: curve,
  RELU6: curve,
  RESHAPE: same,
  RESIZE_BILINEAR: bilinear,
  RESIZE_NEAREST_NEIGHBOR: nearest,
  RSQRT: curve,
  SHAPE: shaped,
  SLICE: sliced,
  SOFTMAX: softmax,
  SPLIT: split,
  SQUEEZE: same,
  STRIDED_SLICE: strided,
  SUB: binary,
  SUM: reduced,
  TANH: curve,
  TRANSPOSE: transposed,
  TRANSPOSE_CONV: weighted,
};
