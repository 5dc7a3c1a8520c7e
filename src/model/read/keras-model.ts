// What Keras files have in common: layers with their configuration, how they are joined, and their weights.

import { UserError } from '../../errors.ts';
import { follow } from './follow.ts';

export interface KerasWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Where a tensor comes from: the n-th call of a layer, and which of its outputs. */
export type KerasTensorRef = readonly [layer: string, call: number, output: number];

export interface KerasLayer {
  readonly name: string;
  /** Name of the Keras class, such as `Conv2D`. */
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The inputs of each call; a layer that is shared is called several times. */
  readonly calls: readonly (readonly KerasTensorRef[])[];
  /** Set for a function of Keras, such as what stands behind `x + 1`, which is written as if it were a layer. */
  readonly operation?: {
    /** What it is called with beside tensors. */
    readonly operands: readonly unknown[];
  };
}

export interface KerasModel {
  readonly name: string;
  /** Each after those that it takes inputs from. */
  readonly layers: readonly KerasLayer[];
  readonly inputs: readonly KerasTensorRef[];
  readonly outputs: readonly KerasTensorRef[];
  readonly weights: WeightsOf;
}

/** The weights of a layer by short name (`kernel`, `bias`, `gamma`, …). `outer`: the models that it is nested in, outermost first. */
export type WeightsOf = (
  layer: KerasLayer,
  outer: readonly string[],
) => Readonly<Record<string, KerasWeight>>;

/**
 * Weights from paths that end in layer and name: `conv1/kernel`, `nested/conv1/kernel:0`. A layer that is nested is told from
 * one of the same name elsewhere by the outermost model's name.
 */
export function weightsByPath(weights: ReadonlyMap<string, KerasWeight>): WeightsOf {
  const paths = [...weights].map(([path, weight]) => [path.replace(/:\d+$/, '').split('/'), weight] as const);
  return ({ name }, [outermost = name]) =>
    Object.fromEntries(
      paths
        .filter(([path]) => path.at(-2) === name && (path[0] === outermost || path.length === 2))
        .map(([path, weight]) => [path.at(-1)!, weight]),
    );
}

export interface RawLayer {
  readonly class_name: string;
  readonly module?: string;
  readonly name?: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inbound_nodes?: readonly unknown[];
}

/**
 * Read the architecture that Keras 2 and 3 write as JSON (`model_config`, `config.json`).
 * @throws UserError `MODEL_UNSUPPORTED` for a model that is neither functional nor sequential, `MODEL_DAMAGED`
 */
export const parseKerasConfig = (text: string, weights: WeightsOf): KerasModel =>
  follow(() => parseKerasModel(JSON.parse(text) as RawLayer, weights));

/** As {@link parseKerasConfig}, of JSON that was parsed. */
export function parseKerasModel(raw: RawLayer, weights: WeightsOf): KerasModel {
  if (raw.class_name === 'Sequential') return sequential(raw.config, weights);
  if (raw.class_name === 'Functional' || raw.class_name === 'Model') return functional(raw.config, weights);
  throw new UserError(
    'MODEL_UNSUPPORTED',
    `the model is of class ${raw.class_name}`,
    'save a functional or a sequential model; a subclassed one has no architecture in its file',
  );
}

function functional(config: RawLayer['config'], weights: WeightsOf): KerasModel {
  const layers = (config['layers'] as readonly RawLayer[]).map((layer): KerasLayer => {
    const nodes = layer.inbound_nodes ?? [];
    const one = {
      name: layer.name ?? nameOf(layer.config),
      kind: layer.class_name,
      config: layer.config,
      calls: nodes.map(refsOf),
    };
    return isOperation(layer)
      ? Object.assign(one, { operation: { operands: nodes.flatMap(operandsOf) } })
      : one;
  });
  return {
    name: nameOf(config),
    layers: inOrder(layers),
    inputs: endpoints(config['input_layers']),
    outputs: endpoints(config['output_layers']),
    weights,
  };
}

const nameOf = ({ name }: RawLayer['config']): string => (typeof name === 'string' ? name : 'model');

/** A chain: each layer is called once, on the one before. */
function sequential(config: RawLayer['config'], weights: WeightsOf): KerasModel {
  // TensorFlow.js and Keras before 2.3 write the layers alone.
  const raw = (Array.isArray(config) ? config : config['layers']) as readonly RawLayer[];
  const layers: KerasLayer[] = raw.map(({ class_name: kind, config: own }) => ({
    name: nameOf(own),
    kind,
    config: own,
    calls: [],
  }));
  if (layers[0]?.kind !== 'InputLayer') {
    const shape =
      layers[0]?.config['batch_input_shape'] ??
      layers[0]?.config['batch_shape'] ??
      config['build_input_shape'];
    if (shape === undefined) {
      throw new UserError(
        'MODEL_UNSUPPORTED',
        'the model does not say the shape of its input',
        'add an InputLayer and save it again',
      );
    }
    layers.unshift({ name: 'input', kind: 'InputLayer', config: { batch_input_shape: shape }, calls: [] });
  }
  const chain = layers.map((layer, index): KerasLayer => {
    const before = layers[index - 1];
    if (before === undefined) return layer;
    return { name: layer.name, kind: layer.kind, config: layer.config, calls: [[[before.name, 0, 0]]] };
  });
  return {
    name: nameOf(config),
    layers: chain,
    inputs: [[chain[0]!.name, 0, 0]],
    outputs: [[chain.at(-1)!.name, 0, 0]],
    weights,
  };
}

/** `["a", 0, 0]`, or a list of such. */
function endpoints(value: unknown): readonly KerasTensorRef[] {
  const list = (Array.isArray(value) ? value : Object.values(value as object)) as readonly unknown[];
  return (typeof list[0] === 'string' ? [list] : list) as readonly KerasTensorRef[];
}

/** Every tensor that a call names, in order: Keras 2 lists them, Keras 3 nests `keras_history` in its arguments. */
function refsOf(node: unknown): readonly KerasTensorRef[] {
  if (Array.isArray(node)) {
    if (typeof node[0] === 'string') return [[node[0], Number(node[1]), Number(node[2])]];
    return node.flatMap(refsOf);
  }
  if (typeof node !== 'object' || node === null) return [];
  const history = (node as { config?: { keras_history?: KerasTensorRef } }).config?.keras_history;
  if (history !== undefined) return [history];
  return Object.values(node).flatMap(refsOf);
}

/** Whether it is a function of Keras 3. An `.h5` does not name its module, but layers have a configuration of their own. */
const isOperation = ({ module, config, inbound_nodes: [node] = [] }: RawLayer): boolean =>
  module === undefined
    ? typeof node === 'object' && node !== null && 'args' in node && !('trainable' in config)
    : module.includes('.ops.');

/** What a function is called with that is no tensor. */
function operandsOf(node: unknown): readonly unknown[] {
  if (typeof node !== 'object' || node === null) return node === null ? [] : [node];
  const { config } = node as { readonly config?: { readonly keras_history?: unknown } };
  return config?.keras_history === undefined ? Object.values(node).flatMap(operandsOf) : [];
}

function inOrder(layers: readonly KerasLayer[]): readonly KerasLayer[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const done = new Set<KerasLayer>();
  const visit = (layer: KerasLayer): void => {
    if (done.has(layer)) return;
    // The first call alone orders layers: a shared layer's later calls may come from layers behind it.
    for (const [name] of layer.calls[0] ?? []) {
      const before = byName.get(name);
      if (before !== undefined) visit(before);
    }
    done.add(layer);
  };
  for (const layer of layers) visit(layer);
  return [...done];
}
