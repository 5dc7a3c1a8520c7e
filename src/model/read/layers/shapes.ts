import { elements } from '../../graph.ts';
import { FUSED, PADDING, type OperatorKind } from '../../tflite/operators.ts';
import { unsupported, type LayerCall, type LayerConversion } from '../layer.ts';
import { convolved } from './weighted.ts';

const identity: LayerConversion = ({ inputs }) => inputs[0]!;

function reshape({ graph, layer, inputs, input }: LayerCall, rest: readonly number[]): number {
  // −1 for the batch: TensorFlow Serving resizes the input when a request brings several.
  const target = graph.constant(`${layer.name}/shape`, [rest.length + 1], Int32Array.of(-1, ...rest));
  return graph.operator('RESHAPE', layer.name, [inputs[0]!, target], [input.shape[0]!, ...rest], {});
}

const reshaped: LayerConversion = (call) => {
  const rest = (call.config.raw('target_shape') as readonly number[]).map(Number);
  const all = elements(call.input.shape.slice(1));
  const known = rest.filter((size) => size >= 0).reduce((product, size) => product * size, 1);
  return reshape(
    call,
    rest.map((size) => (size < 0 ? all / known : size)),
  );
};

const pool =
  (kind: 'MAX_POOL_2D' | 'AVERAGE_POOL_2D'): LayerConversion =>
  ({ graph, layer, inputs, config, input }) => {
    config.only('data_format', 'channels_last');
    config.only('padding', 'valid', 'same');
    const padding = config.text('padding', 'valid') as 'same' | 'valid';
    const size = config.pair('pool_size', [2, 2]);
    const [strideH, strideW] = config.pair('strides', size);
    const [batch = 1, height = 0, width = 0, channels = 0] = input.shape;
    const shape = [
      batch,
      convolved(height, size[0], strideH, 1, padding),
      convolved(width, size[1], strideW, 1, padding),
      channels,
    ];
    return graph.operator(kind, layer.name, inputs, shape, {
      padding: padding === 'same' ? PADDING.SAME : PADDING.VALID,
      strideW,
      strideH,
      filterW: size[1],
      filterH: size[0],
      activation: FUSED.NONE,
    });
  };

const globalPool =
  (kind: OperatorKind): LayerConversion =>
  ({ graph, layer, inputs, config, input }) => {
    config.only('data_format', 'channels_last');
    const axes = input.shape.slice(1, -1).map((_, index) => index + 1);
    const keepDims = config.flag('keepdims', false);
    const shape = keepDims
      ? input.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
      : [input.shape[0]!, input.shape.at(-1)!];
    const over = graph.constant(`${layer.name}/axes`, [axes.length], Int32Array.from(axes));
    return graph.operator(kind, layer.name, [inputs[0]!, over], shape, { keepDims });
  };

const zeroPadding: LayerConversion = ({ graph, layer, inputs, config, input }) => {
  config.only('data_format', 'channels_last');
  const raw = config.raw('padding') as number | readonly (number | readonly number[])[];
  const sides =
    typeof raw === 'number'
      ? [
          [raw, raw],
          [raw, raw],
        ]
      : raw.map((side) => (typeof side === 'number' ? [side, side] : side));
  if (sides.length !== 2 || input.shape.length !== 4)
    throw unsupported(layer, 'it does not pad two dimensions', 'use ZeroPadding2D');
  const all = [[0, 0], ...sides, [0, 0]];
  const amounts = graph.constant(`${layer.name}/paddings`, [4, 2], Int32Array.from(all.flat()));
  const shape = input.shape.map((size, axis) => size + all[axis]![0]! + all[axis]![1]!);
  return graph.operator('PAD', layer.name, [inputs[0]!, amounts], shape, {});
};

export const shapeLayers: Readonly<Record<string, LayerConversion>> = {
  Flatten: (call) => reshape(call, [elements(call.input.shape.slice(1))]),
  Reshape: reshaped,
  MaxPooling2D: pool('MAX_POOL_2D'),
  AveragePooling2D: pool('AVERAGE_POOL_2D'),
  GlobalAveragePooling2D: globalPool('MEAN'),
  GlobalMaxPooling2D: globalPool('REDUCE_MAX'),
  ZeroPadding2D: zeroPadding,
  Dropout: identity,
  SpatialDropout1D: identity,
  SpatialDropout2D: identity,
  GaussianNoise: identity,
  GaussianDropout: identity,
  AlphaDropout: identity,
  ActivityRegularization: identity,
};
