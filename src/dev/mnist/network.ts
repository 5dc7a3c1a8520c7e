// Architectures of small networks for images, layer by layer, with weights of the right shapes and no values yet.

import type { KerasWeight } from '../../model/read/keras-model.ts';
import type { Network, NetworkLayer } from '../../model/train/network.ts';

type Shapes = Readonly<Record<string, readonly number[]>>;

const layer = (
  kind: string,
  name: string,
  before: string,
  config: Readonly<Record<string, unknown>>,
  shapes: Shapes = {},
): NetworkLayer => ({
  name,
  kind,
  config: { name, ...config },
  calls: [[[before, 0, 0]]],
  weights: Object.fromEntries(
    Object.entries(shapes).map(([key, shape]): [string, KerasWeight] => [
      key,
      { shape, values: new Float32Array(shape.reduce((product, size) => product * size, 1)) },
    ]),
  ),
});

/** A convolution with ReLU. */
const convolution = (name: string, before: string, kernel: number, from: number, to: number): NetworkLayer =>
  layer(
    'Conv2D',
    name,
    before,
    { filters: to, kernel_size: [kernel, kernel], padding: 'same', activation: 'relu', use_bias: true },
    { kernel: [kernel, kernel, from, to], bias: [to] },
  );

const pool = (name: string, before: string): NetworkLayer =>
  layer('MaxPooling2D', name, before, { pool_size: [2, 2], strides: [2, 2], padding: 'valid' });

/**
 * Digits of 28 × 28 pixels from 0 to 255 in ten classes: three convolutions with poolings between, and two products.
 * @param channels of the convolutions and of the first product
 */
export function digitNetwork(
  name: string,
  [first, second, third, fourth]: readonly [number, number, number, number],
): Network {
  const dense = (id: string, before: string, from: number, to: number, activation: string): NetworkLayer =>
    layer('Dense', id, before, { units: to, activation, use_bias: true }, { kernel: [from, to], bias: [to] });
  return {
    name,
    layers: [
      {
        ...layer('InputLayer', 'image', '', { batch_input_shape: [null, 28, 28, 1], dtype: 'float32' }),
        calls: [],
      },
      layer('Rescaling', 'scale', 'image', { scale: 1 / 255, offset: 0 }),
      convolution('conv1', 'scale', 3, 1, first),
      pool('pool1', 'conv1'),
      convolution('conv2', 'pool1', 3, first, second),
      pool('pool2', 'conv2'),
      convolution('conv3', 'pool2', 3, second, third),
      pool('pool3', 'conv3'),
      layer('Flatten', 'flat', 'pool3', {}),
      dense('features', 'flat', 9 * third, fourth, 'relu'),
      dense('digit', 'features', fourth, 10, 'softmax'),
    ],
    inputs: [['image', 0, 0]],
    outputs: [['digit', 0, 0]],
  };
}
