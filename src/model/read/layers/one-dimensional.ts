// Layers over a line are those over a plane of height 1.

import { reshapeTo, type LayerCall, type LayerConversion } from '../layer.ts';
import type { KerasLayer } from '../keras-model.ts';
import { LayerConfig } from '../layer.ts';
import { shapeLayers } from './shapes.ts';
import { weightedLayers } from './weighted.ts';

/** What Keras keeps as `[size]`, or as a number. */
const SIZES = ['kernel_size', 'pool_size', 'strides', 'dilation_rate'];

const onePlane =
  (conversion: LayerConversion): LayerConversion =>
  (call) => {
    const { graph, layer, input } = call;
    const [batch = 1, length = 0, channels = 0] = input.shape;
    const plane = reshapeTo(call, call.inputs[0]!, `${layer.name}/plane`, [1, length, channels]);
    const output = conversion({ ...call, ...flat(call), inputs: [plane], input: graph.at(plane) });
    const [, , wide = 0, out = 0] = graph.at(output).shape;
    return reshapeTo({ ...call, input: { ...input, shape: [batch] } }, output, `${layer.name}/line`, [
      wide,
      out,
    ]);
  };

/** The layer with sizes of two dimensions, and its kernel with them too. */
function flat({ layer, weights }: LayerCall): Pick<LayerCall, 'layer' | 'config' | 'weights'> {
  const sizes = SIZES.flatMap((key): [string, unknown][] => {
    const value = layer.config[key];
    const size: unknown = Array.isArray(value) ? value[0] : value;
    return typeof size === 'number' ? [[key, [1, size]]] : [];
  });
  const wide: KerasLayer = { ...layer, config: { ...layer.config, ...Object.fromEntries(sizes) } };
  const { kernel } = weights;
  const planes =
    kernel === undefined ? {} : { kernel: { shape: [1, ...kernel.shape], values: kernel.values } };
  return { layer: wide, config: new LayerConfig(wide), weights: { ...weights, ...planes } };
}

export const oneDimensionalLayers: Readonly<Record<string, LayerConversion>> = {
  Conv1D: onePlane(weightedLayers['Conv2D']!),
  MaxPooling1D: onePlane(shapeLayers['MaxPooling2D']!),
  AveragePooling1D: onePlane(shapeLayers['AveragePooling2D']!),
  GlobalAveragePooling1D: shapeLayers['GlobalAveragePooling2D']!,
  GlobalMaxPooling1D: shapeLayers['GlobalMaxPooling2D']!,
  ZeroPadding1D: shapeLayers['ZeroPadding2D']!,
};
