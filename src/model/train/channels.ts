// Which channels of a network are one and the same: a channel that a layer makes passes through activations, pooling and
// normalizations, is joined with others where tensors are added, and ends where the next layer sums over it.

import type { KerasTensorRef } from '../read/keras-model.ts';
import { layerChannels, type ChannelRule } from './channel-rules.ts';
import type { Network, NetworkLayer } from './network.ts';

/** The channel at each place of a tensor's last dimension; where it was flattened, over and over. */
export interface Layout {
  readonly channels: readonly number[];
  readonly flat: boolean;
}

export interface Channels {
  /** What a layer sums over or goes along; `undefined` where nothing is known of it, so that all of it stays. */
  input(layer: NetworkLayer): Layout | undefined;
  /** What a layer makes. */
  output(layer: NetworkLayer): Layout | undefined;
  /** Number of a channel: the same for places that stand and fall together. */
  find(channel: number): number;
  /** Channels that must stay: of outputs, and where something looks at all of them at once. */
  isFixed(channel: number): boolean;
}

/** Follow every channel of a network from the layer that makes it. */
export function followChannels(network: Network): Channels {
  const union = new Union();
  const made = new Map<string, Layout | undefined>();
  const inputs = new Map<NetworkLayer, Layout | undefined>();
  const outputs = new Map<NetworkLayer, Layout | undefined>();
  for (const layer of network.layers) {
    const rule = layerChannels(layer);
    for (const [call, refs] of layer.calls.entries()) {
      const given = refs.map((ref) => made.get(key(ref)));
      const [first] = given;
      const before = inputs.get(layer);
      // A layer that is shared has one set of weights: what its calls take stands and falls together.
      if (call === 0) inputs.set(layer, first);
      else if (Object.keys(layer.weights).length > 0) join(union, [before, first]);
      const result = call > 0 && rule === 'makes' ? outputs.get(layer) : passed(union, layer, rule, given);
      outputs.set(layer, result);
      made.set(key([layer.name, call, 0]), result);
    }
  }
  for (const ref of network.outputs) union.fix(made.get(key(ref)));
  // Softmax divides by the sum over all.
  for (const [layer, layout] of outputs) if (layer.config['activation'] === 'softmax') union.fix(layout);
  return {
    input: (layer) => inputs.get(layer),
    output: (layer) => outputs.get(layer),
    find: (channel) => union.find(channel),
    isFixed: (channel) => union.isFixed(channel),
  };
}

const key = ([layer, call, output]: KerasTensorRef): string => `${layer}\0${call}\0${output}`;

function passed(
  union: Union,
  layer: NetworkLayer,
  rule: ChannelRule,
  given: readonly (Layout | undefined)[],
): Layout | undefined {
  const [first] = given;
  switch (rule) {
    case 'makes':
      return { channels: union.make(width(layer)), flat: false };
    case 'passes':
      return first;
    case 'flattens':
      return first && { ...first, flat: true };
    case 'joins':
      return join(union, given);
    case 'appends':
      if (given.every((one) => one !== undefined && !one.flat))
        return { channels: given.flatMap((one) => one!.channels), flat: false };
      break;
    case 'unknown':
      break;
  }
  for (const one of given) union.fix(one);
  return undefined;
}

/** A layer that makes channels has one value of bias, or one slice of its kernel, for each. */
const width = ({ kind, weights, config }: NetworkLayer): number =>
  weights['bias']?.values.length ??
  weights['pointwise_kernel']?.shape.at(-1) ??
  (kind === 'Conv2DTranspose' ? weights['kernel']?.shape[2] : weights['kernel']?.shape.at(-1)) ??
  Number(config['filters'] ?? config['units']);

/** Places that are added to each other. Where one of the tensors is not known, the others stay. */
function join(union: Union, given: readonly (Layout | undefined)[]): Layout | undefined {
  const [first] = given;
  const alike = given.every(
    (one) => one !== undefined && one.flat === first?.flat && one.channels.length === first.channels.length,
  );
  if (!alike) {
    for (const one of given) union.fix(one);
    return undefined;
  }
  for (const one of given.slice(1))
    for (const [place, channel] of one!.channels.entries()) union.unite(first!.channels[place]!, channel);
  return first;
}

/** Sets of channels that are one. */
class Union {
  readonly #parent: number[] = [];
  readonly #fixed = new Set<number>();

  make(count: number): number[] {
    return Array.from({ length: count }, () => this.#parent.push(this.#parent.length) - 1);
  }

  find(channel: number): number {
    let root = channel;
    while (this.#parent[root]! !== root) root = this.#parent[root]!;
    return root;
  }

  unite(a: number, b: number): void {
    const [first, second] = [this.find(a), this.find(b)].toSorted((x, y) => x - y) as [number, number];
    this.#parent[second] = first;
    if (this.#fixed.has(second)) this.#fixed.add(first);
  }

  fix(layout: Layout | undefined): void {
    for (const channel of layout?.channels ?? []) this.#fixed.add(this.find(channel));
  }

  isFixed(channel: number): boolean {
    return this.#fixed.has(this.find(channel));
  }
}
