// A small network with every way in which channels can go: through, together, side by side, flat.

import type { KerasWeight } from '../../../src/model/read/keras-model.ts';
import { initialize } from '../../../src/model/train/initialize.ts';
import type { Network, NetworkLayer } from '../../../src/model/train/network.ts';

/** A layer with weights of these shapes; `before` names those that it takes. */
export function layer(
  kind: string,
  name: string,
  before: readonly string[],
  config: Readonly<Record<string, unknown>> = {},
  shapes: Readonly<Record<string, readonly number[]>> = {},
): NetworkLayer {
  const weights = Object.entries(shapes).map(([key, shape]): [string, KerasWeight] => [
    key,
    { shape, values: new Float32Array(shape.reduce((product, size) => product * size, 1)) },
  ]);
  return {
    name,
    kind,
    config: { name, ...config },
    calls: before.length === 0 ? [] : [before.map((one) => [one, 0, 0] as const)],
    weights: Object.fromEntries(weights),
  };
}

export const convolution = (
  name: string,
  before: string,
  from: number,
  to: number,
  activation = 'relu',
): NetworkLayer =>
  layer(
    'Conv2D',
    name,
    [before],
    { filters: to, kernel_size: [3, 3], padding: 'same', activation },
    { kernel: [3, 3, from, to], bias: [to] },
  );

const dense = (name: string, before: string, from: number, to: number, activation: string): NetworkLayer =>
  layer('Dense', name, [before], { units: to, activation }, { kernel: [from, to], bias: [to] });

const each = (count: number): Readonly<Record<string, readonly number[]>> => ({
  gamma: [count],
  beta: [count],
  moving_mean: [count],
  moving_variance: [count],
});

export const chain = (name: string, layers: readonly NetworkLayer[]): Network => ({
  name,
  layers,
  inputs: [[layers[0]!.name, 0, 0]],
  outputs: [[layers.at(-1)!.name, 0, 0]],
});

/** Takes pictures of 8 × 8 with 3 channels. */
export const exampleNetwork = (seed: number): Network =>
  initialize(
    chain('example', [
      layer('InputLayer', 'image', [], { batch_input_shape: [null, 8, 8, 3] }),
      convolution('first', 'image', 3, 8),
      layer(
        'DepthwiseConv2D',
        'depth',
        ['first'],
        { kernel_size: [3, 3], padding: 'same', depth_multiplier: 1 },
        {
          depthwise_kernel: [3, 3, 8, 1],
          bias: [8],
        },
      ),
      layer('BatchNormalization', 'norm', ['depth'], { axis: -1, epsilon: 0.001 }, each(8)),
      convolution('second', 'norm', 8, 8),
      layer('Add', 'sum', ['norm', 'second']),
      layer(
        'SeparableConv2D',
        'apart',
        ['sum'],
        { filters: 6, kernel_size: [3, 3], padding: 'same', activation: 'relu' },
        {
          depthwise_kernel: [3, 3, 8, 1],
          pointwise_kernel: [1, 1, 8, 6],
          bias: [6],
        },
      ),
      layer('Concatenate', 'side', ['sum', 'apart'], { axis: -1 }),
      convolution('third', 'side', 14, 10),
      layer('MaxPooling2D', 'pool', ['third'], { pool_size: [2, 2], strides: [2, 2], padding: 'valid' }),
      layer('Flatten', 'flat', ['pool']),
      dense('features', 'flat', 160, 12, 'relu'),
      dense('class', 'features', 12, 4, 'softmax'),
    ]),
    seed,
  );
