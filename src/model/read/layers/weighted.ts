// Convolutions and matrix products. Keras keeps weights as [h, w, in, out]; TFLite as [out, h, w, in].

import { FUSED, PADDING } from '../../tflite/operators.ts';
import { unsupported, weightOf, type LayerCall, type LayerConversion } from '../layer.ts';
import type { KerasWeight } from '../keras-model.ts';
import { activateAsConfigured } from './activations.ts';

/** Size of a convolution's output along one dimension. */
export function convolved(
  size: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: 'same' | 'valid',
): number {
  const span = (kernel - 1) * dilation + 1;
  return padding === 'same' ? Math.ceil(size / stride) : Math.ceil((size - span + 1) / stride);
}

interface Window {
  readonly options: Readonly<Record<string, number>>;
  readonly height: number;
  readonly width: number;
}

function windowOf(call: LayerCall, kernel: readonly number[]): Window {
  const { config, input, layer } = call;
  config.only('data_format', 'channels_last');
  config.only('padding', 'same', 'valid');
  const padding = config.text('padding', 'valid') as 'same' | 'valid';
  const [strideH, strideW] = config.pair('strides', [1, 1]);
  const [dilationH, dilationW] = config.pair('dilation_rate', [1, 1]);
  const [, height = 0, width = 0] = input.shape;
  const out = {
    height: convolved(height, kernel[0]!, strideH, dilationH, padding),
    width: convolved(width, kernel[1]!, strideW, dilationW, padding),
  };
  if (out.height < 1 || out.width < 1) {
    throw unsupported(
      layer,
      `a kernel of ${kernel[0]} × ${kernel[1]} does not fit an input of ${height} × ${width}`,
      'use padding "same"',
    );
  }
  return {
    ...out,
    options: {
      padding: padding === 'same' ? PADDING.SAME : PADDING.VALID,
      strideW,
      strideH,
      dilationW,
      dilationH,
      activation: FUSED.NONE,
    },
  };
}

/** `weights` with its dimensions in another order. */
export function transpose({ shape, values }: KerasWeight, order: readonly number[]): KerasWeight {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const outShape = order.map((axis) => shape[axis]!);
  const outStrides = order.map((axis) => strides[axis]!);
  const out = new Float32Array(values.length);
  const index = outShape.map(() => 0);
  for (let position = 0; position < out.length; position++) {
    out[position] = values[index.reduce((sum, value, axis) => sum + value * outStrides[axis]!, 0)]!;
    for (let axis = index.length - 1; axis >= 0 && ++index[axis]! === outShape[axis]; axis--) index[axis] = 0;
  }
  return { shape: outShape, values: out };
}

/** The bias, or zeros: the runtime's integer kernels and the fusing of what follows want one. */
function biasOf(call: LayerCall, channels: number, name = 'bias'): number {
  const values = call.config.flag('use_bias', true)
    ? weightOf(call, name).values
    : new Float32Array(channels);
  return call.graph.constant(`${call.layer.name}/${name}`, [channels], values);
}

const conv2d: LayerConversion = (call) => {
  const { graph, layer, inputs, input, config } = call;
  config.only('groups', 1);
  const { shape, values } = transpose(weightOf(call, 'kernel'), [3, 0, 1, 2]);
  const { height, width, options } = windowOf(call, shape.slice(1));
  const kernel = graph.constant(`${layer.name}/kernel`, shape, values);
  const bias = biasOf(call, shape[0]!);
  const output = graph.operator(
    'CONV_2D',
    layer.name,
    [inputs[0]!, kernel, bias],
    [input.shape[0]!, height, width, shape[0]!],
    options,
  );
  return activateAsConfigured(call, output);
};

/** [h, w, in, multiplier] is [1, h, w, in × multiplier] in memory too. */
function depthwise(call: LayerCall, weight: KerasWeight, bias: number): number {
  const { graph, layer, inputs, input } = call;
  const [kernelH, kernelW, channels, multiplier] = weight.shape as [number, number, number, number];
  const { height, width, options } = windowOf(call, [kernelH, kernelW]);
  const out = channels * multiplier;
  const kernel = graph.constant(`${layer.name}/depthwise_kernel`, [1, kernelH, kernelW, out], weight.values);
  return graph.operator(
    'DEPTHWISE_CONV_2D',
    layer.name,
    [inputs[0]!, kernel, bias],
    [input.shape[0]!, height, width, out],
    {
      ...options,
      depthMultiplier: multiplier,
    },
  );
}

const depthwiseConv2d: LayerConversion = (call) => {
  const weight = weightOf(
    call,
    call.weights['depthwise_kernel'] === undefined ? 'kernel' : 'depthwise_kernel',
  );
  const output = depthwise(call, weight, biasOf(call, weight.shape[2]! * weight.shape[3]!));
  return activateAsConfigured(call, output);
};

const separableConv2d: LayerConversion = (call) => {
  const { graph, layer } = call;
  const weight = weightOf(call, 'depthwise_kernel');
  const channels = weight.shape[2]! * weight.shape[3]!;
  const zeros = graph.constant(`${layer.name}/depthwise_bias`, [channels], new Float32Array(channels));
  const middle = depthwise(call, weight, zeros);
  const { shape, values } = transpose(weightOf(call, 'pointwise_kernel'), [3, 0, 1, 2]);
  const kernel = graph.constant(`${layer.name}/pointwise_kernel`, shape, values);
  const bias = biasOf(call, shape[0]!);
  const output = graph.operator(
    'CONV_2D',
    `${layer.name}/pointwise`,
    [middle, kernel, bias],
    [...graph.at(middle).shape.slice(0, 3), shape[0]!],
    {
      padding: PADDING.VALID,
      strideW: 1,
      strideH: 1,
      dilationW: 1,
      dilationH: 1,
      activation: FUSED.NONE,
    },
  );
  return activateAsConfigured(call, output);
};

const dense: LayerConversion = (call) => {
  const { graph, layer, inputs, input } = call;
  const { shape, values } = transpose(weightOf(call, 'kernel'), [1, 0]);
  const [units, features] = shape as [number, number];
  if (input.shape.at(-1) !== features) {
    throw unsupported(
      layer,
      `it takes ${features} features, its input has ${input.shape.at(-1)}`,
      'save the whole model again',
    );
  }
  const kernel = graph.constant(`${layer.name}/kernel`, shape, values);
  const bias = biasOf(call, units);
  const output = graph.operator(
    'FULLY_CONNECTED',
    layer.name,
    [inputs[0]!, kernel, bias],
    [...input.shape.slice(0, -1), units],
    {
      activation: FUSED.NONE,
      ...(input.shape.length > 2 ? { keepDims: true } : {}),
    },
  );
  return activateAsConfigured(call, output);
};

/** For a batch of 1: the operator takes the size of its output as a constant. */
const conv2dTranspose: LayerConversion = (call) => {
  const { graph, layer, inputs, input, config } = call;
  config.only('data_format', 'channels_last');
  config.only('padding', 'valid', 'same');
  config.only('output_padding', null);
  config.only('dilation_rate', [1, 1], 1);
  const { shape, values } = transpose(weightOf(call, 'kernel'), [2, 0, 1, 3]);
  const [out, kernelH, kernelW] = shape as [number, number, number];
  const [strideH, strideW] = config.pair('strides', [1, 1]);
  const same = config.text('padding', 'valid') === 'same';
  const grown = (size: number, stride: number, kernelSize: number): number =>
    size * stride + (same ? 0 : Math.max(kernelSize - stride, 0));
  const size = [1, grown(input.shape[1]!, strideH, kernelH), grown(input.shape[2]!, strideW, kernelW), out];
  const sizes = graph.constant(`${layer.name}/size`, [4], Int32Array.from(size));
  const kernel = graph.constant(`${layer.name}/kernel`, shape, values);
  const spread = graph.operator('TRANSPOSE_CONV', `${layer.name}/spread`, [sizes, kernel, inputs[0]!], size, {
    padding: same ? PADDING.SAME : PADDING.VALID,
    strideW,
    strideH,
  });
  const shifted = graph.operator('ADD', layer.name, [spread, biasOf(call, out)], size, {
    activation: FUSED.NONE,
  });
  return activateAsConfigured(call, shifted);
};

export const weightedLayers: Readonly<Record<string, LayerConversion>> = {
  Conv2D: conv2d,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  Conv2DTranspose: conv2dTranspose,
  Dense: dense,
};
