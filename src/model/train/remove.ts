// Takes channels out of a network, so that what is left computes as if they had never been there.

import type { KerasWeight } from '../read/keras-model.ts';
import { channelAxes } from './channel-rules.ts';
import type { Channels, Layout } from './channels.ts';
import type { Network, NetworkLayer, Weights } from './network.ts';

/**
 * Remove channels from every layer that makes them, goes along them or sums over them.
 * @param removed whether the channel of a number that `channels.find` gives goes
 */
export function removeChannels(
  network: Network,
  channels: Channels,
  removed: (channel: number) => boolean,
): Network {
  const stays = (layout: Layout | undefined): readonly boolean[] | undefined =>
    layout?.channels.map((channel) => !removed(channels.find(channel)));
  return {
    ...network,
    layers: network.layers.map((layer) =>
      narrowed(layer, stays(channels.input(layer)), stays(channels.output(layer))),
    ),
  };
}

type Mask = readonly boolean[] | undefined;

function narrowed(layer: NetworkLayer, input: Mask, output: Mask): NetworkLayer {
  const axes = channelAxes(layer);
  const weights: Weights = Object.fromEntries(
    Object.entries(layer.weights).map(([name, weight]) => {
      const { in: along, out } = axes[name] ?? {};
      const inner = along === undefined ? weight : keep(weight, along, input);
      return [name, out === undefined ? inner : keep(inner, out, output)];
    }),
  );
  const size = output?.filter(Boolean).length;
  const counts = (['filters', 'units'] as const).filter((key) => key in layer.config && size !== undefined);
  const config = { ...layer.config, ...Object.fromEntries(counts.map((key) => [key, size])) };
  return { ...layer, config, weights };
}

/** The places of a dimension that stay; where it is longer than the mask, a flattened tensor repeats the mask. */
function keep({ shape, values }: KerasWeight, axis: number, mask: Mask): KerasWeight {
  const at = axis < 0 ? shape.length + axis : axis;
  const size = shape[at]!;
  // One value for all channels.
  if (mask === undefined || (size === 1 && mask.length > 1)) return { shape, values };
  const places = Array.from({ length: size }, (_, place) => place).filter(
    (place) => mask[place % mask.length],
  );
  const inner = shape.slice(at + 1).reduce((product, one) => product * one, 1);
  const outer = shape.slice(0, at).reduce((product, one) => product * one, 1);
  const kept = new Float32Array(outer * places.length * inner);
  for (let block = 0; block < outer; block++) {
    for (const [position, place] of places.entries()) {
      const start = (block * size + place) * inner;
      kept.set(values.subarray(start, start + inner), (block * places.length + position) * inner);
    }
  }
  return { shape: shape.with(at, places.length), values: kept };
}
