import type { Quantization, Tensor } from '../graph.ts';
import { floatsOf } from '../passes/constants.ts';
import { activationParameters, rangeOf, roundHalfAway, weightScale } from './ranges.ts';

/**
 * Symmetric int8 weights in −127…127.
 * @param axis dimension that the scales run along; `undefined`: one scale for all
 */
export function quantizeWeights(tensor: Tensor, axis: number | undefined): Tensor {
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
  const scale = Array.from(largest, (one) => weightScale(one === 0 ? common : one));
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

/** int32 bias: scale = input's × weights', by channel where the weights have one for each. */
export function quantizeBias(tensor: Tensor, inputScale: number, weights: Quantization): Tensor {
  const scale = weights.scale.map((one) => Math.fround(inputScale * one));
  const codes = Int32Array.from(floatsOf(tensor)!, (value, at) =>
    Math.max(-LARGEST_BIAS, Math.min(LARGEST_BIAS, roundHalfAway(value / scale[at % scale.length]!))),
  );
  return {
    name: tensor.name,
    shape: tensor.shape,
    type: 'int32',
    data: new Uint8Array(codes.buffer),
    quantization: { scale, zeroPoint: scale.map(() => 0), axis: 0 },
  };
}

/** A constant that stands where an activation could: quantized by its own range, or as it is told. */
export function quantizeConstant(tensor: Tensor, told?: Quantization): Tensor {
  const values = floatsOf(tensor)!;
  const quantization = told ?? activationParameters(rangeOf(values));
  const [scale = 1] = quantization.scale;
  const [zeroPoint = 0] = quantization.zeroPoint;
  const codes = Int8Array.from(values, (value) =>
    Math.max(-128, Math.min(127, roundHalfAway(value / scale) + zeroPoint)),
  );
  return {
    name: tensor.name,
    shape: tensor.shape,
    type: 'int8',
    data: new Uint8Array(codes.buffer),
    quantization,
  };
}
