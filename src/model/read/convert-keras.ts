import type { Graph } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { UserError } from '../../errors.ts';
import { follow } from './follow.ts';
import { parseKerasModel, type KerasLayer, type KerasModel, type KerasTensorRef } from './keras-model.ts';
import { LayerConfig, unsupported, type LayerConversion } from './layer.ts';
import { activationLayers } from './layers/activations.ts';
import { elementwiseLayers } from './layers/elementwise.ts';
import { oneDimensionalLayers } from './layers/one-dimensional.ts';
import { shapeLayers } from './layers/shapes.ts';
import { weightedLayers } from './layers/weighted.ts';

const CONVERSIONS: Readonly<Record<string, LayerConversion>> = {
  ...weightedLayers,
  ...elementwiseLayers,
  ...activationLayers,
  ...shapeLayers,
  ...oneDimensionalLayers,
};

/** Names of the Keras layers that can be converted, sorted. */
export const supportedLayers = (): readonly string[] =>
  ['InputLayer', ...Object.keys(CONVERSIONS)].toSorted();

/** Classes of models that may be nested as a layer. */
const MODELS = new Set(['Functional', 'Model', 'Sequential']);

/**
 * Turn a Keras model into a float graph, operator by operator, nothing fused yet.
 * @throws UserError `MODEL_UNSUPPORTED` that names the layer, its class and its place; `MODEL_DAMAGED`
 */
export const convertKeras = (model: KerasModel): Graph => follow(() => converted(model));

function converted(model: KerasModel): Graph {
  const graph = new GraphBuilder();
  const inputs = model.inputs.map(([name]) =>
    inputTensor(
      graph,
      model.layers.find((layer) => layer.name === name)!,
    ),
  );
  const outputs = convertInto(graph, model, inputs, []);
  return graph.graph(inputs, outputs);
}

const key = ([layer, call, output]: KerasTensorRef): string => `${layer}\0${call}\0${output}`;

/** @param outer names of the models around this one, outermost first */
function convertInto(
  graph: GraphBuilder,
  model: KerasModel,
  inputs: readonly number[],
  outer: readonly string[],
): readonly number[] {
  const made = new Map<string, number>();
  for (const [position, ref] of model.inputs.entries()) made.set(key(ref), inputs[position]!);
  let pending = model.layers.flatMap((layer, place) =>
    layer.kind === 'InputLayer' ? [] : layer.calls.map((refs, call) => ({ layer, place, call, refs })),
  );
  // A layer that is shared may be called again with what comes behind it, so calls are made as their inputs are there.
  while (pending.length > 0) {
    const left: typeof pending = [];
    for (const one of pending) {
      const sources = one.refs.map((ref) => made.get(key(ref)));
      if (sources.includes(undefined)) left.push(one);
      else {
        const results = convertCall(graph, model, one.layer, one.place, sources as number[], outer);
        for (const [output, index] of results.entries())
          made.set(key([one.layer.name, one.call, output]), index);
      }
    }
    if (left.length === pending.length) {
      // Calls that other models made of a layer stand in its configuration too: they lead to none of the outputs.
      break;
    }
    pending = left;
  }
  return model.outputs.map((ref) => {
    const index = made.get(key(ref));
    if (index !== undefined) return index;
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `output ${ref[2]} of call ${ref[1]} of layer ${ref[0]} is never made`,
      'save a model without loops',
    );
  });
}

function convertCall(
  graph: GraphBuilder,
  model: KerasModel,
  layer: KerasLayer,
  place: number,
  inputs: readonly number[],
  outer: readonly string[],
): readonly number[] {
  if (MODELS.has(layer.kind)) {
    const inner = parseKerasModel({ class_name: layer.kind, config: layer.config }, model.weights);
    return convertInto(graph, inner, inputs, [...outer, layer.name]);
  }
  if (layer.operation !== undefined) checkOperation(layer, layer.operation.operands);
  const convert = CONVERSIONS[layer.kind];
  if (convert === undefined) {
    throw unsupported(
      layer,
      `it is layer ${place + 1} of ${model.layers.length}, and its class cannot be converted`,
      `use one of ${supportedLayers().join(', ')}`,
    );
  }
  const output = convert({
    layer,
    config: new LayerConfig(layer),
    weights: model.weights(layer, outer),
    inputs,
    graph,
    input: graph.at(inputs[0]!),
  });
  return [output];
}

/** Functions that do what the layer of the same name does, given tensors alone. */
const AS_LAYERS = new Set(['Add', 'Subtract', 'Multiply', 'Maximum', 'Minimum']);

function checkOperation(layer: KerasLayer, operands: readonly unknown[]): void {
  if (!AS_LAYERS.has(layer.kind)) {
    throw unsupported(
      layer,
      'it is a function of Keras, not a layer, and cannot be converted',
      `use a layer in its place, or one of the functions ${[...AS_LAYERS].join(', ')} on tensors`,
    );
  }
  if (operands.length === 0) return;
  throw unsupported(
    layer,
    `it takes ${operands.map((one) => JSON.stringify(one)).join(', ')} beside tensors`,
    'use a Rescaling layer, which multiplies by a number and adds one',
  );
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
