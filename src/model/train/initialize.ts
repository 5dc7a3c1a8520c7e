import type { KerasWeight } from '../read/keras-model.ts';
import type { Network } from './network.ts';
import { seeded, type Random } from './random.ts';

/** What Keras begins these with; kernels are drawn. */
const CONSTANT: Readonly<Record<string, number>> = {
  alpha: 0,
  beta: 0,
  bias: 0,
  gamma: 1,
  moving_mean: 0,
  moving_variance: 1,
};

/**
 * The network with weights as new: kernels drawn evenly from ± √(6 / (inputs + outputs)), which keeps the spread of values
 * from layer to layer.
 * @see https://proceedings.mlr.press/v9/glorot10a.html
 */
export function initialize(network: Network, seed: number): Network {
  const random = seeded(seed);
  return {
    ...network,
    layers: network.layers.map((layer) => ({
      ...layer,
      weights: Object.fromEntries(
        Object.entries(layer.weights).map(([name, { shape, values }]): [string, KerasWeight] => [
          name,
          {
            shape,
            values: CONSTANT[name] === undefined ? draw(shape, random) : values.map(() => CONSTANT[name]!),
          },
        ]),
      ),
    })),
  };
}

function draw(shape: readonly number[], random: Random): Float32Array {
  const window = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const [inputs = 1, outputs = 1] = shape.slice(-2);
  const limit = Math.sqrt(6 / (window * (inputs + outputs)));
  return Float32Array.from({ length: window * inputs * outputs }, () => (2 * random() - 1) * limit);
}
