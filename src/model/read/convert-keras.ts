import type { Graph } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { UserError } from '../../errors.ts';
import type { KerasLayer, KerasModel } from './keras-model.ts';
import { LayerConfig, unsupported, type LayerConversion } from './layer.ts';
import { activationLayers } from './layers/activations.ts';
import { elementwiseLayers } from './layers/elementwise.ts';
import { shapeLayers } from './layers/shapes.ts';
import { weightedLayers } from './layers/weighted.ts';

const CONVERSIONS: Readonly<Record<string, LayerConversion>> = {
  ...weightedLayers,
  ...elementwiseLayers,
  ...activationLayers,
  ...shapeLayers,
};

/** Names of the Keras layers that can be converted, sorted. */
export const supportedLayers = (): readonly string[] =>
  ['InputLayer', ...Object.keys(CONVERSIONS)].toSorted();

const key = (layer: string, call: number): string => `${layer}\0${call}`;

/**
 * Turn a Keras model into a float graph, operator by operator, nothing fused yet.
 * @throws UserError `MODEL_UNSUPPORTED` that names the layer, its class and its place
 */
export function convertKeras(model: KerasModel): Graph {
  const graph = new GraphBuilder();
  const outputs = new Map<string, number>();
  const resolve = ([layer, call]: readonly [string, number, number]): number => {
    const index = outputs.get(key(layer, call));
    if (index === undefined) {
      throw new UserError(
        'MODEL_UNSUPPORTED',
        `call ${call} of layer ${layer} is used before it is made`,
        'save a model without loops',
      );
    }
    return index;
  };
  for (const [place, layer] of model.layers.entries()) {
    if (layer.kind === 'InputLayer') {
      outputs.set(key(layer.name, 0), inputTensor(graph, layer));
      continue;
    }
    const convert = CONVERSIONS[layer.kind];
    if (convert === undefined) {
      throw unsupported(
        layer,
        `it is layer ${place + 1} of ${model.layers.length}, and its class cannot be converted`,
        `use one of ${supportedLayers().join(', ')}`,
      );
    }
    for (const [call, refs] of layer.calls.entries()) {
      const inputs = refs.map(resolve);
      const output = convert({
        layer,
        config: new LayerConfig(layer),
        weights: model.weights(layer.name),
        inputs,
        graph,
        input: graph.at(inputs[0]!),
      });
      outputs.set(key(layer.name, call), output);
    }
  }
  return graph.graph(model.inputs.map(resolve), model.outputs.map(resolve));
}

function inputTensor(graph: GraphBuilder, layer: KerasLayer): number {
  const shape = (layer.config['batch_shape'] ?? layer.config['batch_input_shape']) as readonly (
    | number
    | null
  )[];
  const open = shape.findIndex((size, axis) => axis > 0 && size === null);
  if (open >= 0) {
    throw unsupported(
      layer,
      `dimension ${open} of its shape [${shape.join(', ')}] is open`,
      'give every dimension but the batch a size',
    );
  }
  const sizes = shape.map((size) => size ?? 1);
  return graph.tensor({
    name: layer.name,
    type: 'float32',
    shape: sizes,
    ...(shape[0] === null ? { openBatch: true } : {}),
  });
}
