import type { Graph, Operator } from '../graph.ts';

/** Rows of output that one pass of a kernel computes. */
const ROWS = 4;

/** Larger windows run as one small convolution for each channel. */
export const MOST_DEPTHWISE_TAPS = 25;

/** Whether a convolution is a plain matrix product over the pixels. */
export function isPointwise(graph: Graph, { inputs, options }: Operator): boolean {
  const [, height, width] = graph.tensors[inputs[1]!]!.shape;
  return height === 1 && width === 1 && options['strideH'] === 1 && options['strideW'] === 1;
}

/**
 * How many pointers the runtime keeps for an operator: where each output pixel finds the pixels of its window.
 * @see https://arxiv.org/abs/1907.02129
 */
export function windowPointers(graph: Graph, operator: Operator): number {
  const { kind, inputs, outputs, options } = operator;
  const [, height = 1, width = 1] = graph.tensors[outputs[0]!]!.shape;
  const [, kernelH = 1, kernelW = 1] = graph.tensors[inputs[1] ?? -1]?.shape ?? [];
  const taps = kernelH * kernelW;
  const stride = Number(options['strideW'] ?? 1);
  if (kind === 'CONV_2D')
    return isPointwise(graph, operator) ? 0 : Math.ceil((height * width) / ROWS) * ROWS * taps;
  if (kind === 'TRANSPOSE_CONV' || (kind === 'DEPTHWISE_CONV_2D' && taps > MOST_DEPTHWISE_TAPS))
    return height * (width + ROWS) * taps;
  if (kind === 'DEPTHWISE_CONV_2D') {
    const dilated = Number(options['dilationW'] ?? 1) > 1;
    return shared(height, width, kernelH, kernelW, dilated ? kernelW : stride);
  }
  if (kind === 'MAX_POOL_2D' || kind === 'AVERAGE_POOL_2D')
    return shared(height, width, Number(options['filterH']), Number(options['filterW']), stride);
  return kind === 'RESIZE_BILINEAR' ? height * width * 4 : 0;
}

/** Windows of neighbours in a row share the columns that they have in common. */
const shared = (height: number, width: number, kernelH: number, kernelW: number, step: number): number =>
  height * (kernelH * kernelW + (width - 1) * Math.min(step, kernelW) * kernelH);
