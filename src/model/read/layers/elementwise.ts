import { FUSED, type OperatorKind } from '../../tflite/operators.ts';
import { unsupported, weightOf, type LayerConversion } from '../layer.ts';

/**
 * At inference, a factor and an offset for each channel:
 * factor = gamma / √(variance + epsilon), offset = beta − mean × factor, in float32 as TensorFlow folds them.
 */
const batchNormalization: LayerConversion = (call) => {
  const { graph, layer, inputs, input, config } = call;
  const last = input.shape.length - 1;
  config.only('axis', -1, last, [last], [-1]);
  const variance = weightOf(call, 'moving_variance').values;
  const mean = weightOf(call, 'moving_mean').values;
  const gamma = config.flag('scale', true) ? weightOf(call, 'gamma').values : variance.map(() => 1);
  const beta = config.flag('center', true) ? weightOf(call, 'beta').values : variance.map(() => 0);
  const epsilon = Math.fround(config.number('epsilon', 1e-3));
  const factor = variance.map((value, channel) =>
    Math.fround(gamma[channel]! * Math.fround(1 / Math.sqrt(Math.fround(value + epsilon)))),
  );
  const offset = beta.map((value, channel) =>
    Math.fround(value - Math.fround(mean[channel]! * factor[channel]!)),
  );
  const shape = [factor.length];
  const scaled = graph.operator(
    'MUL',
    `${layer.name}/scaled`,
    [inputs[0]!, graph.constant(`${layer.name}/factor`, shape, factor)],
    input.shape,
    { activation: FUSED.NONE },
  );
  return graph.operator(
    'ADD',
    layer.name,
    [scaled, graph.constant(`${layer.name}/offset`, shape, offset)],
    input.shape,
    { activation: FUSED.NONE },
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
  Add: merge('ADD'),
  Subtract: merge('SUB'),
  Multiply: merge('MUL'),
  Maximum: merge('MAXIMUM'),
  Minimum: merge('MINIMUM'),
  Concatenate: concatenate,
  Rescaling: rescaling,
};
