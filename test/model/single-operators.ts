import { Network } from '../../src/dev/bench/networks.ts';
import type { Graph } from '../../src/model/graph.ts';
import { FUSED, PADDING, type OperatorKind } from '../../src/model/tflite/operators.ts';

/** Networks of one operator each, or of a few around it, over a picture of 8 × 8 and 4 channels. */
export function singleOperators(seed: number): Readonly<Record<string, Graph>> {
  const net = (make: (net: Network) => number): Graph => {
    const network = new Network([1, 8, 8, 4], seed);
    return network.graph(make(network));
  };
  const unary = (kind: OperatorKind, options = {}): Graph => net((n) => n.unary(kind, n.input, options));
  const binary = (kind: OperatorKind, activation: number = FUSED.NONE): Graph =>
    net((n) => n.add(kind, [n.convolution(n.input, 4), n.depthwise(n.input)], [1, 8, 8, 4], { activation }));
  const scaled = (kind: OperatorKind): Graph =>
    net((n) => n.add(kind, [n.input, n.weights([4])], [1, 8, 8, 4], { activation: FUSED.NONE }));
  const reduced = (kind: OperatorKind): Graph =>
    net((n) => n.add(kind, [n.input, n.numbers(1, 2)], [1, 4], { keepDims: false }));
  const resized = (kind: OperatorKind, options = {}): Graph =>
    net((n) => n.add(kind, [n.input, n.numbers(13, 5)], [1, 13, 5, 4], options));
  const window = (kind: 'MAX_POOL_2D' | 'AVERAGE_POOL_2D', padding: number, activation: number): Graph =>
    net((n) => {
      const rows = padding === PADDING.SAME ? 4 : 3;
      return n.add(kind, [n.input], [1, rows, rows, 4], {
        padding,
        strideW: 2,
        strideH: 2,
        filterW: 3,
        filterH: 3,
        activation,
      });
    });
  const convolved = (options: Readonly<Record<string, number>>, rows: number): Graph =>
    net((n) =>
      n.add('CONV_2D', [n.input, n.weights([6, 3, 3, 4]), n.weights([6])], [1, rows, rows, 6], {
        padding: PADDING.SAME,
        strideW: 1,
        strideH: 1,
        dilationW: 1,
        dilationH: 1,
        activation: FUSED.NONE,
        ...options,
      }),
    );
  return {
    'ADD, then RELU': binary('ADD', FUSED.RELU),
    'ADD of a constant': scaled('ADD'),
    AVERAGE_POOL_2D: window('AVERAGE_POOL_2D', PADDING.SAME, FUSED.NONE),
    'AVERAGE_POOL_2D, then RELU6': window('AVERAGE_POOL_2D', PADDING.VALID, FUSED.RELU6),
    CONCATENATION: net((n) =>
      n.add('CONCATENATION', [n.convolution(n.input, 3), n.input], [1, 8, 8, 7], { axis: 3 }),
    ),
    'CONV_2D with strides': convolved({ strideW: 2, strideH: 2 }, 4),
    'CONV_2D with dilation, then RELU6': convolved(
      { dilationW: 2, dilationH: 2, activation: FUSED.RELU6 },
      8,
    ),
    'CONV_2D without padding, then RELU': convolved({ padding: PADDING.VALID, activation: FUSED.RELU }, 6),
    'DEPTHWISE_CONV_2D of two outputs a channel': net((n) =>
      n.add('DEPTHWISE_CONV_2D', [n.input, n.weights([1, 3, 3, 8]), n.weights([8])], [1, 8, 8, 8], {
        padding: PADDING.SAME,
        strideW: 1,
        strideH: 1,
        dilationW: 1,
        dilationH: 1,
        depthMultiplier: 2,
        activation: FUSED.NONE,
      }),
    ),
    ELU: unary('ELU'),
    EXP: unary('EXP'),
    EXPAND_DIMS: net((n) => n.add('EXPAND_DIMS', [n.input, n.numbers(1)], [1, 1, 8, 8, 4])),
    FULLY_CONNECTED: net((n) => n.dense(n.flat(n.input), 10, FUSED.RELU)),
    GATHER: net((n) => n.add('GATHER', [n.input, n.numbers(3, 0, 3)], [1, 8, 8, 3], { axis: 3 })),
    GELU: unary('GELU'),
    'GELU, approximate': unary('GELU', { approximate: true }),
    HARD_SWISH: unary('HARD_SWISH'),
    LEAKY_RELU: unary('LEAKY_RELU', { alpha: 0.2 }),
    LOGISTIC: unary('LOGISTIC'),
    MAXIMUM: net((n) => n.add('MAXIMUM', [n.convolution(n.input, 4), n.input], [1, 8, 8, 4])),
    MAX_POOL_2D: window('MAX_POOL_2D', PADDING.SAME, FUSED.RELU),
    MEAN: reduced('MEAN'),
    MINIMUM: net((n) => n.add('MINIMUM', [n.convolution(n.input, 4), n.input], [1, 8, 8, 4])),
    'MUL, then RELU6': binary('MUL', FUSED.RELU6),
    'MUL by a constant': scaled('MUL'),
    PACK: net((n) => n.add('PACK', [n.input, n.input], [1, 2, 8, 8, 4], { count: 2, axis: 1 })),
    PAD: net((n) => n.add('PAD', [n.input, n.margins(0, 2, 1, 0)], [1, 12, 10, 4])),
    PRELU: net((n) => n.add('PRELU', [n.input, n.weights([1, 1, 4])], [1, 8, 8, 4])),
    REDUCE_MAX: reduced('REDUCE_MAX'),
    RELU: unary('RELU'),
    RELU6: unary('RELU6'),
    RESIZE_BILINEAR: resized('RESIZE_BILINEAR'),
    'RESIZE_BILINEAR by corners': resized('RESIZE_BILINEAR', { alignCorners: true }),
    'RESIZE_BILINEAR by centres': resized('RESIZE_BILINEAR', { halfPixelCenters: true }),
    RESIZE_NEAREST_NEIGHBOR: resized('RESIZE_NEAREST_NEIGHBOR'),
    'RESIZE_NEAREST_NEIGHBOR by corners': resized('RESIZE_NEAREST_NEIGHBOR', { alignCorners: true }),
    SLICE: net((n) => n.add('SLICE', [n.input, n.numbers(0, 1, 2, 1), n.numbers(1, 5, 4, 2)], [1, 5, 4, 2])),
    SOFTMAX: unary('SOFTMAX', { beta: 1 }),
    SQUEEZE: net((n) => n.add('SQUEEZE', [n.input], [8, 8, 4], { dims: [0] })),
    STRIDED_SLICE: net((n) =>
      n.add(
        'STRIDED_SLICE',
        [n.input, n.numbers(0, 1, -1, 0), n.numbers(1, 8, 0, 4), n.numbers(1, 2, -2, 1)],
        [1, 4, 4, 4],
        { beginMask: 0, endMask: 0 },
      ),
    ),
    'STRIDED_SLICE that drops a dimension': net((n) =>
      n.add(
        'STRIDED_SLICE',
        [n.input, n.numbers(0, 3, 0, 0), n.numbers(1, 4, 8, 4), n.numbers(1, 1, 1, 1)],
        [1, 8, 4],
        { shrinkAxisMask: 2 },
      ),
    ),
    SUB: binary('SUB'),
    'SUB of a constant': scaled('SUB'),
    SUM: reduced('SUM'),
    TANH: unary('TANH'),
    TRANSPOSE: net((n) => n.add('TRANSPOSE', [n.input, n.numbers(0, 3, 1, 2)], [1, 4, 8, 8])),
    'TRANSPOSE_CONV with a bias': net((n) =>
      n.add(
        'TRANSPOSE_CONV',
        [n.numbers(1, 16, 16, 3), n.weights([3, 2, 2, 4]), n.input, n.weights([3])],
        [1, 16, 16, 3],
        { padding: PADDING.SAME, strideW: 2, strideH: 2 },
      ),
    ),
    'FULLY_CONNECTED without a bias': net((n) =>
      n.add('FULLY_CONNECTED', [n.flat(n.input), n.weights([5, 256])], [1, 5], { activation: FUSED.NONE }),
    ),
    'FULLY_CONNECTED of every pixel': net((n) =>
      n.add('FULLY_CONNECTED', [n.input, n.weights([5, 4]), n.weights([5])], [1, 8, 8, 5], {
        activation: FUSED.NONE,
        keepDims: true,
      }),
    ),
    'TRANSPOSE of five dimensions': net((n) =>
      n.add(
        'TRANSPOSE',
        [n.add('EXPAND_DIMS', [n.input, n.numbers(1)], [1, 1, 8, 8, 4]), n.numbers(0, 4, 1, 2, 3)],
        [1, 4, 1, 8, 8],
      ),
    ),
    TRANSPOSE_CONV: net((n) =>
      n.add('TRANSPOSE_CONV', [n.numbers(1, 17, 17, 3), n.weights([3, 3, 3, 4]), n.input], [1, 17, 17, 3], {
        padding: PADDING.VALID,
        strideW: 2,
        strideH: 2,
      }),
    ),
  };
}
