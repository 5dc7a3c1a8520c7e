// The architecture of a network as JSON, in the one form that every version of Keras reads, and TensorFlow.js too.

import type { KerasTensorRef } from '../read/keras-model.ts';
import type { Network, NetworkLayer } from './network.ts';

/** What another size makes wrong, or what no reader needs. */
const STALE = new Set(['build_config', 'compile_config', 'build_input_shape']);

const configOf = ({ config }: NetworkLayer): Record<string, unknown> =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !STALE.has(key)));

interface LayerJson {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/**
 * A functional model.
 * @param layerJson how one layer is written
 */
export const kerasJson = (
  { name, layers, inputs, outputs }: Network,
  layerJson: (layer: NetworkLayer) => LayerJson = (layer) => ({
    class_name: layer.kind,
    config: configOf(layer),
  }),
): object => ({
  class_name: 'Functional',
  config: {
    name,
    trainable: true,
    layers: layers.map((layer) => ({
      ...layerJson(layer),
      name: layer.name,
      inbound_nodes: layer.calls.map((refs) => refs.map((ref) => [...ref, {}])),
    })),
    input_layers: refs(inputs),
    output_layers: refs(outputs),
  },
});

const refs = (list: readonly KerasTensorRef[]): readonly KerasTensorRef[] => list.map((ref) => [...ref]);

/** Noise in training that the backend cannot repeat from a seed. */
const NOISE = new Set(['GaussianNoise', 'GaussianDropout', 'AlphaDropout']);
const DROPOUT = new Set(['SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D']);
/** Of values that are objects, TensorFlow.js reads none: they say how weights begin and what they are held to. */
const isPlain = (value: unknown): boolean =>
  value === null || typeof value !== 'object' || (Array.isArray(value) && value.every(isPlain));

/**
 * One layer as TensorFlow.js reads it: without what concerns the beginning of weights, and with the names that Keras 3 gave up.
 * Noise that cannot be repeated is left out, dropout by channels is dropout by values.
 */
export function layerForTfjs({ name, kind, config }: NetworkLayer): LayerJson {
  const plain = Object.fromEntries(
    Object.entries(config).filter(
      ([key, value]) =>
        isPlain(value) && key !== 'dtype' && !/_(?:initializer|regularizer|constraint)$/.test(key),
    ),
  );
  const { activation } = config as { activation?: { config?: unknown } | string };
  if (typeof activation === 'object' && activation !== null) plain['activation'] = activation.config;
  if (kind === 'InputLayer')
    return {
      class_name: kind,
      config: { name, batch_input_shape: config['batch_input_shape'] ?? config['batch_shape'] },
    };
  if (NOISE.has(kind)) return { class_name: 'Dropout', config: { name, rate: 0 } };
  if (DROPOUT.has(kind)) return { class_name: 'Dropout', config: { name, rate: config['rate'] } };
  if (kind === 'LeakyReLU') plain['alpha'] = config['negative_slope'] ?? config['alpha'] ?? 0.3;
  return { class_name: kind, config: plain };
}
