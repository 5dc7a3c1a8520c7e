import { FUSED, type OperatorKind } from '../../tflite/operators.ts';
import { reciprocalRoot } from '../reciprocal-root.ts';
import { unsupported, weightOf, type LayerCall, type LayerConversion } from '../layer.ts';

/**
 * At inference, a factor and an offset for each channel:
 * factor = gamma / √(variance + epsilon), offset = beta − mean × factor, in float32 as TensorFlow folds them.
 */
const batchNormalization: LayerConversion = (call) => {
  const { input, config } = call;
  const last = input.shape.length - 1;
  config.only('axis', -1, last, [last], [-1]);
  const variance = weightOf(call, 'moving_variance').values;
  const mean = weightOf(call, 'moving_mean').values;
  const gamma = config.flag('scale', true) ? weightOf(call, 'gamma').values : variance.map(() => 1);
  const beta = config.flag('center', true) ? weightOf(call, 'beta').values : variance.map(() => 0);
  const epsilon = Math.fround(config.number('epsilon', 1e-3));
  const factor = variance.map((value, channel) =>
    Math.fround(gamma[channel]! * reciprocalRoot(Math.fround(value + epsilon))),
  );
  const offset = beta.map((value, channel) =>
    Math.fround(value - Math.fround(mean[channel]! * factor[channel]!)),
  );
  return scaleAndShift(call, factor, offset);
};

/** x × factor + offset, by channel. */
function scaleAndShift(
  { graph, layer, inputs, input }: LayerCall,
  factor: Float32Array,
  offset: Float32Array,
): number {
  const constant = (name: string, values: Float32Array): number =>
    graph.constant(`${layer.name}/${name}`, [values.length], values);
  const none = { activation: FUSED.NONE };
  const scaled = graph.operator(
    'MUL',
    `${layer.name}/scaled`,
    [inputs[0]!, constant('factor', factor)],
    input.shape,
    none,
  );
  return graph.operator('ADD', layer.name, [scaled, constant('offset', offset)], input.shape, none);
}

/** (x − mean) / √variance, of what was seen in training or was given. */
const normalization: LayerConversion = (call) => {
  const { config, weights, input, layer } = call;
  const channels = input.shape.at(-1)!;
  config.only('axis', -1, [-1], input.shape.length - 1, [input.shape.length - 1], null);
  config.only('invert', false);
  const known = (name: string): Float32Array => {
    const given = config.raw(name);
    const list =
      typeof given === 'number'
        ? [given]
        : Array.isArray(given)
          ? given.flat(Infinity).map(Number)
          : undefined;
    const values = weights[name]?.values ?? (list && Float32Array.from(list));
    if (values === undefined || (values.length !== 1 && values.length !== channels))
      throw unsupported(
        layer,
        `its ${name} is not known for ${channels} channels`,
        'call adapt() before the model is saved',
      );
    return values.length === channels ? values : new Float32Array(channels).fill(values[0]!);
  };
  const [mean, variance] = [known('mean'), known('variance')];
  // Keras takes 1e-7 for what does not vary.
  const factor = variance.map((value) => 1 / Math.max(Math.sqrt(value), 1e-7));
  return scaleAndShift(
    call,
    factor,
    mean.map((value, channel) => -value * factor[channel]!),
  );
};

/** Merge two or more inputs pair by pair, from the left; the smaller shape is broadcast. */
const merge =
  (kind: OperatorKind): LayerConversion =>
  ({ graph, layer, inputs }) =>
    inputs.reduce((left, right) => {
      const [a, b] = [graph.at(left).shape, graph.at(right).shape];
      if (a.length !== b.length)
        throw unsupported(
          layer,
          `it merges the shapes [${a.join(', ')}] and [${b.join(', ')}]`,
          'reshape one first',
        );
      const shape = a.map((size, axis) => Math.max(size, b[axis]!));
      const options = kind === 'MAXIMUM' || kind === 'MINIMUM' ? {} : { activation: FUSED.NONE };
      return graph.operator(kind, layer.name, [left, right], shape, options);
    });

const concatenate: LayerConversion = ({ graph, layer, inputs, config, input }) => {
  const rank = input.shape.length;
  const axis = (config.number('axis', -1) + rank) % rank;
  const size = inputs.reduce((sum, index) => sum + graph.at(index).shape[axis]!, 0);
  return graph.operator('CONCATENATION', layer.name, inputs, input.shape.with(axis, size), {
    axis,
    activation: FUSED.NONE,
  });
};

const rescaling: LayerConversion = ({ graph, layer, inputs, config, input }) => {
  const factor = graph.constant(`${layer.name}/scale`, [1], Float32Array.of(config.number('scale', 1)));
  const scaled = graph.operator('MUL', `${layer.name}/scaled`, [inputs[0]!, factor], input.shape, {
    activation: FUSED.NONE,
  });
  const offset = config.number('offset', 0);
  if (offset === 0) return scaled;
  const constant = graph.constant(`${layer.name}/offset`, [1], Float32Array.of(offset));
  return graph.operator('ADD', layer.name, [scaled, constant], input.shape, { activation: FUSED.NONE });
};

export const elementwiseLayers: Readonly<Record<string, LayerConversion>> = {
  BatchNormalization: batchNormalization,
  Normalization: normalization,
  Add: merge('ADD'),
  Subtract: merge('SUB'),
  Multiply: merge('MUL'),
  Maximum: merge('MAXIMUM'),
  Minimum: merge('MINIMUM'),
  Concatenate: concatenate,
  Rescaling: rescaling,
};
