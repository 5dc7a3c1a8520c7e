// What each class of layer does with channels.

import type { KerasWeight } from '../read/keras-model.ts';
import type { NetworkLayer } from './network.ts';

/**
 * `makes`: sums over the input's channels into new ones. `passes`: each stays what it is. `flattens`: they repeat. `joins`:
 * adds several tensors place by place. `appends`: puts tensors side by side. `unknown`: looks at all channels together.
 */
export type ChannelRule = 'makes' | 'passes' | 'flattens' | 'joins' | 'appends' | 'unknown';

/** Where the channels of input and output stand in the shape of a weight; −1 is the last dimension. */
export interface ChannelAxes {
  readonly in?: number;
  readonly out?: number;
}

const bias: ChannelAxes = { out: 0 };

/** Layers that make channels. */
const MAKERS: Readonly<Record<string, Readonly<Record<string, ChannelAxes>>>> = {
  Conv1D: { kernel: { in: 1, out: 2 }, bias },
  Conv2D: { kernel: { in: 2, out: 3 }, bias },
  Conv2DTranspose: { kernel: { in: 3, out: 2 }, bias },
  SeparableConv2D: { depthwise_kernel: { in: 2 }, pointwise_kernel: { in: 2, out: 3 }, bias },
  Dense: { kernel: { in: 0, out: 1 }, bias },
};

/** Layers that have a value for each channel. */
const ALONG: Readonly<Record<string, Readonly<Record<string, ChannelAxes>>>> = {
  BatchNormalization: {
    gamma: { in: 0 },
    beta: { in: 0 },
    moving_mean: { in: 0 },
    moving_variance: { in: 0 },
  },
  PReLU: { alpha: { in: -1 } },
  DepthwiseConv2D: { depthwise_kernel: { in: 2 }, kernel: { in: 2 }, bias: { in: 0 } },
};

const PASSING = new Set([
  'Activation',
  'AlphaDropout',
  'AveragePooling1D',
  'AveragePooling2D',
  'Cropping1D',
  'Cropping2D',
  'Dropout',
  'ELU',
  'GaussianDropout',
  'GaussianNoise',
  'GlobalAveragePooling1D',
  'GlobalAveragePooling2D',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
  'LeakyReLU',
  'MaxPooling1D',
  'MaxPooling2D',
  'PReLU',
  'ReLU',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'UpSampling1D',
  'UpSampling2D',
  'ZeroPadding1D',
  'ZeroPadding2D',
]);
const JOINING = new Set(['Add', 'Average', 'Maximum', 'Minimum', 'Multiply', 'Subtract']);

/** The rule of a layer as it is configured. */
export function layerChannels({ kind, config, weights }: NetworkLayer): ChannelRule {
  const axis = axisOf(config['axis']) ?? -1;
  if (config['data_format'] === 'channels_first') return 'unknown';
  if (kind in MAKERS)
    return (config['groups'] ?? 1) === 1 && isSingle(weights['depthwise_kernel']) ? 'makes' : 'unknown';
  if (config['activation'] === 'softmax') return 'unknown';
  if (kind === 'DepthwiseConv2D')
    return isSingle(weights['depthwise_kernel'] ?? weights['kernel']) ? 'passes' : 'unknown';
  // 1 is the last dimension of what a Dense makes.
  if (kind === 'BatchNormalization') return [-1, 1, 3].includes(axis) ? 'passes' : 'unknown';
  if (PASSING.has(kind)) return 'passes';
  if (kind === 'Flatten') return 'flattens';
  if (JOINING.has(kind)) return 'joins';
  return kind === 'Concatenate' && [-1, 3].includes(axis) ? 'appends' : 'unknown';
}

const axisOf = (value: unknown): number | undefined =>
  Array.isArray(value) ? (value as number[])[0] : (value as number | undefined);

/** Whether a depthwise kernel makes one channel of each: more would change their number on the way. */
const isSingle = (kernel: KerasWeight | undefined): boolean => kernel === undefined || kernel.shape[3] === 1;

/** Where channels stand in each weight of a layer that makes them or goes along them; none of others. */
export const channelAxes = ({ kind }: NetworkLayer): Readonly<Record<string, ChannelAxes>> =>
  MAKERS[kind] ?? ALONG[kind] ?? {};
