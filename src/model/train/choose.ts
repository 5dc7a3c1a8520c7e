// Chooses the channels that matter least.

import { channelAxes } from './channel-rules.ts';
import type { Channels } from './channels.ts';
import type { Network, NetworkLayer } from './network.ts';

/** Layers whose channels stand and fall together, and how much each channel weighs. */
export interface Group {
  readonly layers: readonly string[];
  /** Weight by number of the channel. */
  readonly channels: ReadonlyMap<number, number>;
}

/** How many channels a group keeps. */
export type Keeps = (group: Group) => number;

/**
 * The lightest channels of every layer whose channels may go.
 * @returns numbers of channels
 */
export const lightest = (network: Network, channels: Channels, keeps: Keeps): ReadonlySet<number> =>
  new Set(
    groupsOf(network, channels).flatMap((group) =>
      [...group.channels]
        .toSorted((a, b) => a[1] - b[1] || a[0] - b[0])
        .slice(0, Math.max(0, group.channels.size - keeps(group)))
        .map(([channel]) => channel),
    ),
  );

type Weighed = readonly [channel: number, weight: number];

/** Groups of layers that make channels, each with those that may go; layers without any are left out. */
export function groupsOf(network: Network, channels: Channels): readonly Group[] {
  const groups: { layers: string[]; channels: Map<number, number> }[] = [];
  for (const layer of network.layers) {
    const weights = weigh(network, channels, layer);
    if (weights.length === 0) continue;
    const own = { layers: [layer.name], channels: new Map<number, number>() };
    for (const group of groups.filter((one) => weights.some(([channel]) => one.channels.has(channel)))) {
      own.layers.unshift(...group.layers);
      for (const [channel, weight] of group.channels) own.channels.set(channel, weight);
      groups.splice(groups.indexOf(group), 1);
    }
    for (const [channel, weight] of weights)
      own.channels.set(channel, (own.channels.get(channel) ?? 0) + weight);
    groups.push(own);
  }
  return groups;
}

/**
 * The weight of each channel that a layer makes and that may go: the length of its part of the kernel, times what the
 * normalization right behind multiplies it with, as a share of the layer's mean, so that layers that are added count alike.
 */
function weigh(network: Network, channels: Channels, layer: NetworkLayer): readonly Weighed[] {
  const [name, axis] = Object.entries(channelAxes(layer))
    .flatMap(([weight, { out }]) => (out === undefined || weight === 'bias' ? [] : [[weight, out] as const]))
    .at(0) ?? [undefined, 0];
  const kernel = name === undefined ? undefined : layer.weights[name];
  const layout = channels.output(layer);
  if (kernel === undefined || layout === undefined) return [];
  const squares = new Float64Array(layout.channels.length);
  const inner = kernel.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  for (const [index, value] of kernel.values.entries())
    squares[Math.floor(index / inner) % squares.length]! += value ** 2;
  const scale = normalizationBehind(network, layer);
  const lengths = squares.map((square, place) => Math.sqrt(square) * Math.abs(scale?.[place] ?? 1));
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length || 1;
  return layout.channels
    .map((channel, place): Weighed => [channels.find(channel), lengths[place]! / mean])
    .filter(([channel]) => !channels.isFixed(channel));
}

/** What a BatchNormalization that takes the layer's output multiplies each channel with. */
function normalizationBehind({ layers }: Network, { name }: NetworkLayer): Float64Array | undefined {
  const behind = layers.find(
    ({ kind, calls }) => kind === 'BatchNormalization' && calls.length === 1 && calls[0]?.[0]?.[0] === name,
  );
  const { gamma, moving_variance: variance } = behind?.weights ?? {};
  const epsilon = Number(behind?.config['epsilon'] ?? 1e-3);
  return (
    variance &&
    Float64Array.from(
      variance.values,
      (value, place) => (gamma?.values[place] ?? 1) / Math.sqrt(value + epsilon),
    )
  );
}
