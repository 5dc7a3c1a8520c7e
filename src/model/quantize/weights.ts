import type { Quantization, Tensor } from '../graph.ts';
import { floatsOf } from '../passes/constants.ts';
import { parametersOf, TYPE_OF } from './precision.ts';
import { rangeOf, roundHalfAway, weightScale } from './ranges.ts';

/**
 * Symmetric int8 weights in −127…127.
 * @param axis dimension that the scales run along; `undefined`: one scale for all
 * @param least smallest scale of each output, or of all
 */
export function quantizeWeights(
  tensor: Tensor,
  axis: number | undefined,
  least: readonly number[] = [],
): Tensor {
  const values = floatsOf(tensor)!;
  const channels = axis === undefined ? 1 : tensor.shape[axis]!;
  const inner =
    axis === undefined
      ? values.length
      : tensor.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const channelOf = (at: number): number => Math.floor(at / inner) % channels;
  const largest = new Float64Array(channels);
  values.forEach((value, at) => {
    const channel = channelOf(at);
    largest[channel] = Math.max(largest[channel]!, Math.abs(value));
  });
  // A channel of zeros has a bias all the same, whose steps follow from the scale.
  const common = largest.reduce((most, one) => Math.max(most, one), 0);
  const scale = Array.from(largest, (one, channel) =>
    Math.max(weightScale(one === 0 ? common : one), Math.fround(least[channel] ?? 0)),
  );
  // Multiplied by the reciprocal in float32, as the converter does: it decides ties.
  const reciprocal = scale.map((one) => Math.fround(1 / one));
  const codes = Int8Array.from(values, (value, at) =>
    Math.max(-127, Math.min(127, roundHalfAway(Math.fround(value * reciprocal[channelOf(at)]!)))),
  );
  return {
    name: tensor.name,
    shape: tensor.shape,
    type: 'int8',
    data: new Uint8Array(codes.buffer),
    quantization: { scale, zeroPoint: scale.map(() => 0), axis: axis ?? 0 },
  };
}

const LARGEST_BIAS = 2 ** 31 - 1;

/** Sums of int16 products are kept in 48 bits; a bias that takes more than 40 would be far beyond any of them. */
const LARGEST_WIDE_BIAS = 2 ** 39 - 1;

/**
 * Smallest scales of weights with which a bias fits: with smaller ones, of small weights, it would be cut off. Half of the
 * range is left for the products, as the converter leaves it.
 * @param channels of the weights' scales; 1: one scale for all
 * @param wide int64 for int16 activations, else int32
 */
export function leastScales(
  bias: Tensor,
  inputScale: number,
  channels: number,
  wide: boolean,
): readonly number[] {
  const most = Math.floor((wide ? LARGEST_WIDE_BIAS : LARGEST_BIAS) / 2);
  const largest = new Float64Array(channels);
  floatsOf(bias)!.forEach((value, at) => {
    largest[at % channels] = Math.max(largest[at % channels]!, Math.abs(value));
  });
  return Array.from(largest, (one) => one / most / inputScale);
}

/**
 * Bias: scale = input's × weights', by channel where the weights have one for each.
 * @param wide int64 for int16 activations, else int32
 */
export function quantizeBias(
  tensor: Tensor,
  inputScale: number,
  weights: Quantization,
  wide = false,
): Tensor {
  const scale = weights.scale.map((one) => Math.fround(inputScale * one));
  const most = wide ? LARGEST_WIDE_BIAS : LARGEST_BIAS;
  const codes = Array.from(floatsOf(tensor)!, (value, at) =>
    Math.max(-most, Math.min(most, roundHalfAway(value / scale[at % scale.length]!))),
  );
  const { buffer } = wide ? BigInt64Array.from(codes, BigInt) : Int32Array.from(codes);
  return {
    name: tensor.name,
    shape: tensor.shape,
    type: wide ? 'int64' : 'int32',
    data: new Uint8Array(buffer),
    quantization: { scale, zeroPoint: scale.map(() => 0), axis: 0 },
  };
}

/** A constant that stands where an activation could: quantized by its own range, or as it is told. */
export function quantizeConstant(tensor: Tensor, precision: 'int8' | 'int16x8', told?: Quantization): Tensor {
  const values = floatsOf(tensor)!;
  const quantization = told ?? parametersOf(rangeOf(values), precision);
  const [least, most] = precision === 'int8' ? [-128, 127] : [-32_767, 32_767];
  const [scale = 1] = quantization.scale;
  const [zeroPoint = 0] = quantization.zeroPoint;
  const codes = Array.from(values, (value) =>
    Math.max(least, Math.min(most, roundHalfAway(value / scale) + zeroPoint)),
  );
  const { buffer } = precision === 'int8' ? Int8Array.from(codes) : Int16Array.from(codes);
  return {
    name: tensor.name,
    shape: tensor.shape,
    type: TYPE_OF[precision],
    data: new Uint8Array(buffer),
    quantization,
  };
}
