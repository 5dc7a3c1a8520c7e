// Simulated int8 weights: the network computes with what will be left of its kernels, and the gradient moves the exact ones.

import type { TfTensor, TfVariable, Tfjs } from '../backend/tfjs-api.ts';
import { channelAxes } from './channel-rules.ts';
import type { Network } from './network.ts';
import type { Trainee } from './trainee.ts';

/** Codes run from −127 to 127. */
const CODES = 127;
/** Of a kernel that is all zeros. */
const LEAST_SCALE = 1e-30;

interface Kernel {
  readonly variable: TfVariable;
  /** Dimensions that share a scale. */
  readonly axes: readonly number[];
}

/**
 * Look at a network with rounded kernels; afterwards they are exact again.
 * @param denseByChannel as the quantizer has it: whether a matrix product has a scale for each column
 */
export const withInt8Weights =
  (tf: Tfjs, network: Network, denseByChannel: boolean) =>
  <T>(trainee: Trainee, look: () => T): T => {
    const kernels = kernelsOf(network, trainee, denseByChannel);
    const exact = kernels.map(({ variable }) => tf.clone(variable));
    for (const { variable, axes } of kernels) {
      const rounded = tf.tidy(() => round(tf, variable, axes));
      variable.assign(rounded);
      rounded.dispose();
    }
    try {
      return look();
    } finally {
      for (const [index, { variable }] of kernels.entries()) variable.assign(exact[index]!);
      tf.dispose(exact);
    }
  };

/** A normalization behind a kernel scales whole channels, and their scales with them: the codes stay the same. */
function round(tf: Tfjs, values: TfTensor, axes: readonly number[]): TfTensor {
  const scale = tf.maximum(tf.div(tf.max(tf.abs(values), axes, true), CODES), LEAST_SCALE);
  return tf.mul(tf.round(tf.div(values, scale)), scale);
}

function kernelsOf(network: Network, { model }: Trainee, denseByChannel: boolean): readonly Kernel[] {
  return network.layers.flatMap((layer) => {
    const axes = channelAxes(layer);
    const own = model.layers.find(({ name }) => name === layer.name);
    return Object.entries(layer.weights).flatMap(([name, { shape }], index): readonly Kernel[] => {
      if (!name.endsWith('kernel') || axes[name] === undefined) return [];
      const channel = axes[name].out ?? axes[name].in;
      const all = shape.map((_, axis) => axis);
      const shared = layer.kind === 'Dense' && !denseByChannel ? all : all.filter((axis) => axis !== channel);
      return [{ variable: own!.weights[index]!.read(), axes: shared }];
    });
  });
}
