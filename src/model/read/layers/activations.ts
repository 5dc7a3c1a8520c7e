import { FUSED } from '../../tflite/operators.ts';
import type { RawLayer } from '../keras-model.ts';
import { LayerConfig, unsupported, weightOf, type LayerCall, type LayerConversion } from '../layer.ts';

/** Add an activation by its Keras name. @returns the output's index; the input's own for `linear` */
export function activate(call: LayerCall, input: number, activation: string): number {
  const { graph, layer } = call;
  const { shape } = graph.at(input);
  const add = (kind: Parameters<typeof graph.operator>[0], options = {}): number =>
    graph.operator(kind, `${layer.name}/${activation}`, [input], shape, options);
  switch (activation) {
    case 'linear':
      return input;
    case 'relu':
      return add('RELU');
    case 'relu6':
      return add('RELU6');
    case 'sigmoid':
      return add('LOGISTIC');
    case 'tanh':
      return add('TANH');
    case 'softmax':
      return add('SOFTMAX', { beta: 1 });
    case 'elu':
      return add('ELU');
    case 'hard_swish':
    case 'hard_silu':
      return add('HARD_SWISH');
    case 'gelu':
      return add('GELU', { approximate: false });
    case 'swish':
    case 'silu': {
      const gate = add('LOGISTIC');
      return graph.operator('MUL', `${layer.name}/${activation}_product`, [input, gate], shape, {
        activation: FUSED.NONE,
      });
    }
    case 'leaky_relu':
      return add('LEAKY_RELU', { alpha: 0.2 });
    default:
      throw unsupported(
        layer,
        `activation is ${JSON.stringify(activation)}`,
        `use one of ${ACTIVATIONS.join(', ')}`,
      );
  }
}

const ACTIVATIONS = [
  'linear',
  'relu',
  'relu6',
  'sigmoid',
  'tanh',
  'softmax',
  'elu',
  'hard_swish',
  'gelu',
  'swish',
  'leaky_relu',
] as const;

/**
 * Add the activation that a layer is configured with: a name, or a layer without weights that Keras writes out as an object.
 * @returns the output's index
 */
export function activateAsConfigured(call: LayerCall, index: number): number {
  const { layer, graph, config } = call;
  const { class_name: kind, config: own } = (config.raw('activation') ?? {}) as Partial<RawLayer>;
  const convert = kind === undefined || own === undefined ? undefined : WEIGHTLESS[kind];
  if (convert === undefined) return activate(call, index, config.text('activation', 'linear'));
  const inner = { ...layer, kind: kind!, config: own! };
  return convert({
    ...call,
    layer: { ...inner, name: `${layer.name}/${kind!.toLowerCase()}` },
    config: new LayerConfig(inner),
    inputs: [index],
    input: graph.at(index),
  });
}

const configured: LayerConversion = (call) => activateAsConfigured(call, call.inputs[0]!);

const relu: LayerConversion = (call) => {
  const { config, inputs, graph, layer, input } = call;
  config.only('threshold', 0, null);
  const slope = config.number('negative_slope', 0);
  const limit = config.raw('max_value') ?? null;
  if (limit === 6 && slope === 0) return activate(call, inputs[0]!, 'relu6');
  if (limit !== null) throw unsupported(layer, `max_value is ${JSON.stringify(limit)}`, 'use 6 or none');
  if (slope === 0) return activate(call, inputs[0]!, 'relu');
  return graph.operator('LEAKY_RELU', layer.name, inputs, input.shape, { alpha: slope });
};

const leakyRelu: LayerConversion = ({ config, inputs, graph, layer, input }) =>
  graph.operator('LEAKY_RELU', layer.name, inputs, input.shape, {
    // Keras 3 renamed `alpha` to `negative_slope`.
    alpha: config.number('negative_slope', config.number('alpha', 0.3)),
  });

const prelu: LayerConversion = (call) => {
  const { graph, layer, inputs, input } = call;
  const { shape, values } = weightOf(call, 'alpha');
  const alpha = graph.constant(`${layer.name}/alpha`, shape, values);
  return graph.operator('PRELU', layer.name, [inputs[0]!, alpha], input.shape);
};

const WEIGHTLESS: Readonly<Record<string, LayerConversion>> = {
  ReLU: relu,
  LeakyReLU: leakyRelu,
  Softmax: (call) => {
    call.config.only('axis', -1, call.input.shape.length - 1);
    return activate(call, call.inputs[0]!, 'softmax');
  },
  ELU: (call) => {
    call.config.only('alpha', 1);
    return activate(call, call.inputs[0]!, 'elu');
  },
};

export const activationLayers: Readonly<Record<string, LayerConversion>> = {
  Activation: configured,
  PReLU: prelu,
  ...WEIGHTLESS,
};
