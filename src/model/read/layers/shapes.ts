import { elements } from '../../graph.ts';
import { FUSED, PADDING, type OperatorKind } from '../../tflite/operators.ts';
import { reshapeTo, unsupported, type LayerCall, type LayerConversion } from '../layer.ts';
import { convolved } from './weighted.ts';

const identity: LayerConversion = ({ inputs }) => inputs[0]!;

const reshape = (call: LayerCall, rest: readonly number[]): number =>
  reshapeTo(call, call.inputs[0]!, call.layer.name, rest);

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
  const sides = sidesOf(raw, input.shape.length - 2);
  if (sides === undefined)
    throw unsupported(
      layer,
      `padding is ${JSON.stringify(raw)}`,
      'give one or two numbers for each dimension',
    );
  const all = [[0, 0], ...sides, [0, 0]];
  const amounts = graph.constant(`${layer.name}/paddings`, [all.length, 2], Int32Array.from(all.flat()));
  const shape = input.shape.map((size, axis) => size + all[axis]![0]! + all[axis]![1]!);
  return graph.operator('PAD', layer.name, [inputs[0]!, amounts], shape, {});
};

/** What is added or cut at both ends of each dimension; Keras takes one number for all of them, or a list. */
function sidesOf(raw: unknown, dimensions: number): readonly (readonly number[])[] | undefined {
  if (typeof raw === 'number') return Array.from({ length: dimensions }, () => [raw, raw]);
  if (!Array.isArray(raw)) return undefined;
  const list = raw as readonly (number | readonly number[])[];
  const sides =
    dimensions === 1 && list.length === 2
      ? [list as readonly number[]]
      : list.map((side) => (typeof side === 'number' ? [side, side] : side));
  return sides.length === dimensions ? sides : undefined;
}

const cropping: LayerConversion = ({ graph, layer, inputs, config, input }) => {
  config.only('data_format', 'channels_last');
  const rank = input.shape.length;
  const sides = sidesOf(config.raw('cropping'), rank - 2);
  if (sides === undefined)
    throw unsupported(
      layer,
      `cropping is ${JSON.stringify(config.raw('cropping'))}`,
      'give two numbers for each dimension',
    );
  const all = [[0, 0], ...sides, [0, 0]];
  const shape = input.shape.map((size, axis) => size - all[axis]![0]! - all[axis]![1]!);
  const constant = (name: string, values: readonly number[]): number =>
    graph.constant(`${layer.name}/${name}`, [rank], Int32Array.from(values));
  const begin = all.map(([before]) => before!);
  const end = input.shape.map((size, axis) => size - all[axis]![1]!);
  // Batch and channels are taken whole, whatever stands in begin and end.
  const whole = 1 | (1 << (rank - 1));
  return graph.operator(
    'STRIDED_SLICE',
    layer.name,
    [
      inputs[0]!,
      constant('begin', begin),
      constant('end', end),
      constant(
        'strides',
        begin.map(() => 1),
      ),
    ],
    shape,
    { beginMask: whole, endMask: whole },
  );
};

const upSampling: LayerConversion = ({ graph, layer, inputs, config, input }) => {
  config.only('data_format', 'channels_last');
  config.only('interpolation', 'nearest', 'bilinear');
  const [factorH, factorW] = config.pair('size', [2, 2]);
  const [batch = 1, height = 0, width = 0, channels = 0] = input.shape;
  const shape = [batch, height * factorH, width * factorW, channels];
  const size = graph.constant(`${layer.name}/size`, [2], Int32Array.of(shape[1]!, shape[2]!));
  return config.text('interpolation', 'nearest') === 'nearest'
    ? graph.operator('RESIZE_NEAREST_NEIGHBOR', layer.name, [inputs[0]!, size], shape)
    : graph.operator('RESIZE_BILINEAR', layer.name, [inputs[0]!, size], shape, { halfPixelCenters: true });
};

const permute: LayerConversion = ({ graph, layer, inputs, config, input }) => {
  const order = [0, ...(config.raw('dims') as readonly number[]).map(Number)];
  const constant = graph.constant(`${layer.name}/order`, [order.length], Int32Array.from(order));
  return graph.operator(
    'TRANSPOSE',
    layer.name,
    [inputs[0]!, constant],
    order.map((axis) => input.shape[axis]!),
  );
};

export const shapeLayers: Readonly<Record<string, LayerConversion>> = {
  Flatten: (call) => {
    if (call.input.shape.length > 2) call.config.only('data_format', 'channels_last');
    return reshape(call, [elements(call.input.shape.slice(1))]);
  },
  Reshape: reshaped,
  MaxPooling2D: pool('MAX_POOL_2D'),
  AveragePooling2D: pool('AVERAGE_POOL_2D'),
  GlobalAveragePooling2D: globalPool('MEAN'),
  GlobalMaxPooling2D: globalPool('REDUCE_MAX'),
  ZeroPadding2D: zeroPadding,
  Cropping1D: cropping,
  Cropping2D: cropping,
  UpSampling2D: upSampling,
  Permute: permute,
  Dropout: identity,
  SpatialDropout1D: identity,
  SpatialDropout2D: identity,
  GaussianNoise: identity,
  GaussianDropout: identity,
  AlphaDropout: identity,
  ActivityRegularization: identity,
};
