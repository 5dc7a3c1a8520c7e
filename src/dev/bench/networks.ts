// Networks of several shapes with seeded weights: what they compute means nothing, what they take does.

import type { Graph, OptionValue } from '../../model/graph.ts';
import { GraphBuilder } from '../../model/graph-builder.ts';
import { FUSED, PADDING, type OperatorKind } from '../../model/tflite/operators.ts';
import { seeded, type Random } from './random.ts';

export interface ConvolutionOptions {
  readonly kernel?: number;
  readonly stride?: number;
  readonly activation?: number;
}

/** Adds layer upon layer; each method returns the index of its output. */
export class Network {
  readonly #graph = new GraphBuilder();
  readonly #random: Random;
  readonly input: number;

  constructor(shape: readonly number[], seed: number) {
    this.#random = seeded(seed);
    this.input = this.#graph.tensor({ name: 'input', type: 'float32', shape });
  }

  shape(index: number): readonly number[] {
    return this.#graph.at(index).shape;
  }

  weights(shape: readonly number[]): number {
    const values = Float32Array.from(
      { length: shape.reduce((all, size) => all * size, 1) },
      () => (this.#random.uniform() - 0.5) / 2,
    );
    return this.#graph.constant('weights', shape, values);
  }

  numbers(...values: readonly number[]): number {
    return this.#graph.constant('numbers', [values.length], Int32Array.from(values));
  }

  /** One number for both ends of each dimension. */
  margins(...sides: readonly number[]): number {
    return this.#graph.constant(
      'margins',
      [sides.length, 2],
      Int32Array.from(sides.flatMap((side) => [side, side])),
    );
  }

  add(
    kind: OperatorKind,
    inputs: readonly number[],
    shape: readonly number[],
    options: Readonly<Record<string, OptionValue>> = {},
  ): number {
    return this.#graph.operator(kind, kind.toLowerCase(), inputs, shape, options);
  }

  /** An operator with one input that keeps its shape. */
  unary(kind: OperatorKind, input: number, options: Readonly<Record<string, OptionValue>> = {}): number {
    return this.add(kind, [input], this.shape(input), options);
  }

  convolution(input: number, channels: number, options: ConvolutionOptions = {}): number {
    const { kernel = 3 } = options;
    const from = this.shape(input).at(-1)!;
    const inputs = [input, this.weights([channels, kernel, kernel, from]), this.weights([channels])];
    return this.#window('CONV_2D', inputs, channels, options);
  }

  depthwise(input: number, options: ConvolutionOptions = {}): number {
    const { kernel = 3 } = options;
    const channels = this.shape(input).at(-1)!;
    const inputs = [input, this.weights([1, kernel, kernel, channels]), this.weights([channels])];
    return this.#window('DEPTHWISE_CONV_2D', inputs, channels, options);
  }

  #window(
    kind: 'CONV_2D' | 'DEPTHWISE_CONV_2D',
    inputs: readonly number[],
    channels: number,
    { stride = 1, activation = FUSED.RELU }: ConvolutionOptions,
  ): number {
    const [batch, height, width] = this.shape(inputs[0]!) as [number, number, number];
    return this.add(kind, inputs, [batch, Math.ceil(height / stride), Math.ceil(width / stride), channels], {
      padding: PADDING.SAME,
      strideW: stride,
      strideH: stride,
      dilationW: 1,
      dilationH: 1,
      activation,
      ...(kind === 'CONV_2D' ? {} : { depthMultiplier: 1 }),
    });
  }

  dense(input: number, units: number, activation: number = FUSED.NONE): number {
    const [batch = 1, features = 0] = this.shape(input);
    const inputs = [input, this.weights([units, features]), this.weights([units])];
    return this.add('FULLY_CONNECTED', inputs, [batch, units], { activation });
  }

  flat(input: number): number {
    const size = this.shape(input).reduce((all, one) => all * one, 1);
    return this.add('RESHAPE', [input, this.numbers(-1, size)], [1, size]);
  }

  mean(input: number): number {
    return this.add('MEAN', [input, this.numbers(1, 2)], [1, this.shape(input).at(-1)!], { keepDims: false });
  }

  pool(input: number, kind: 'MAX_POOL_2D' | 'AVERAGE_POOL_2D' = 'MAX_POOL_2D'): number {
    const [batch, height, width, channels] = this.shape(input) as [number, number, number, number];
    const window = { strideW: 2, strideH: 2, filterW: 2, filterH: 2, activation: FUSED.NONE };
    return this.add(kind, [input], [batch, height >> 1, width >> 1, channels], {
      padding: PADDING.VALID,
      ...window,
    });
  }

  doubled(input: number, kind: 'RESIZE_BILINEAR' | 'RESIZE_NEAREST_NEIGHBOR'): number {
    const [batch, height, width, channels] = this.shape(input) as [number, number, number, number];
    const size = this.numbers(2 * height, 2 * width);
    return this.add(kind, [input, size], [batch, 2 * height, 2 * width, channels], {
      halfPixelCenters: true,
    });
  }

  graph(...outputs: readonly number[]): Graph {
    return this.#graph.graph([this.input], outputs);
  }
}

/** Depthwise and pointwise by turns, as in MobileNet. */
function mobile(): Graph {
  const net = new Network([1, 96, 96, 3], 1);
  let x = net.convolution(net.input, 8, { stride: 2 });
  for (const [channels, stride] of [
    [16, 1],
    [32, 2],
    [32, 1],
    [64, 2],
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
  ] as const)
    x = net.convolution(net.depthwise(x, { stride }), channels, { kernel: 1 });
  return net.graph(net.unary('SOFTMAX', net.dense(net.mean(x), 2), { beta: 1 }));
}

/** Blocks with a way around them, as in ResNet. */
function residual(): Graph {
  const net = new Network([1, 32, 32, 3], 2);
  let x = net.convolution(net.input, 16);
  for (let block = 0; block < 4; block++) {
    const inner = net.convolution(net.convolution(x, 16), 16, { activation: FUSED.NONE });
    x = net.add('ADD', [x, inner], net.shape(x), { activation: FUSED.RELU });
  }
  return net.graph(net.dense(net.flat(net.pool(x)), 10));
}

/** Matrix products alone, as in an autoencoder. */
function products(): Graph {
  const net = new Network([1, 640], 3);
  const inner = [128, 128, 128, 8, 128, 128, 128].reduce(
    (x, units) => net.dense(x, units, FUSED.RELU),
    net.input,
  );
  return net.graph(net.dense(inner, 640));
}

/** Down and up again with ways across, as in U-Net: activations outweigh weights. */
function hourglass(): Graph {
  const net = new Network([1, 64, 64, 3], 4);
  const wide = net.convolution(net.input, 8);
  const middle = net.convolution(net.pool(wide), 16);
  const deep = net.convolution(net.pool(middle), 32);
  const join = (x: number, y: number): number =>
    net.add('CONCATENATION', [x, y], [...net.shape(x).slice(0, 3), net.shape(x)[3]! + net.shape(y)[3]!], {
      axis: 3,
    });
  const back = net.convolution(join(net.doubled(deep, 'RESIZE_BILINEAR'), middle), 16);
  return net.graph(net.convolution(join(net.doubled(back, 'RESIZE_BILINEAR'), wide), 4, { kernel: 1 }));
}

/** A few layers, where the runtime's own tables are most of it. */
function tiny(): Graph {
  const net = new Network([1, 12, 12, 1], 5);
  return net.graph(net.unary('LOGISTIC', net.dense(net.flat(net.pool(net.convolution(net.input, 4))), 1)));
}

export const NETWORKS: Readonly<Record<string, () => Graph>> = {
  mobile,
  residual,
  products,
  hourglass,
  tiny,
};
