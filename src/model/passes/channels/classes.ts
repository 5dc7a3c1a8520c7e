// Channels that are one and the same throughout a network, and which of these can go.

import type { Graph, Operator, Tensor } from '../../graph.ts';
import type { Known } from './constant-channels.ts';
import { contributionOf } from './contribution.ts';
import { kernelOf, valuesOf } from './kernel.ts';
import { channelPairs } from './relations.ts';

/** By tensor, the channels that go. */
export type Removal = ReadonlyMap<number, ReadonlySet<number>>;

/**
 * Channels without which every output of the network stays as it is: whoever mixes them with others either ignores them (all
 * its weights are zero) or knows what they add. Channels that are tied, by a sum or a depthwise convolution, go together.
 */
export function removable(graph: Graph, known: ReadonlyMap<number, Known>): Removal {
  const ties = new Ties(graph.tensors);
  for (const index of [...graph.inputs, ...graph.outputs]) ties.keepAll(index);
  for (const operator of graph.operators) {
    const pairs = channelPairs(operator, graph.tensors);
    if (pairs === undefined)
      [...operator.inputs, ...operator.outputs].forEach((index) => ties.keepAll(index));
    for (const { input, from, output, to } of pairs ?? []) ties.tie([input, from], [output, to]);
    if (pairs !== undefined) keepUnpaired(operator, graph.tensors, pairs, ties);
    for (const [index, channel] of needed(operator, graph.tensors, known)) ties.keep([index, channel]);
  }
  return ties.free();
}

/** An activation that is spread over all channels has one that they all need. */
function keepUnpaired(
  operator: Operator,
  tensors: readonly Tensor[],
  pairs: NonNullable<ReturnType<typeof channelPairs>>,
  ties: Ties,
): void {
  const kernel = kernelOf(operator, tensors);
  const paired = new Set(pairs.map(({ input }) => input));
  for (const index of operator.inputs) {
    if (index >= 0 && kernel === undefined && !paired.has(index)) ties.keepAll(index);
  }
}

/** Channels that a convolution or a matrix product cannot do without. */
function* needed(
  operator: Operator,
  tensors: readonly Tensor[],
  known: ReadonlyMap<number, Known>,
): Generator<readonly [tensor: number, channel: number]> {
  const kernel = kernelOf(operator, tensors);
  if (kernel === undefined || kernel.multiplier !== undefined) return;
  const input = operator.inputs[kernel.input]!;
  const biasTensor = tensors[operator.inputs[kernel.bias] ?? -1];
  const bias = biasTensor && valuesOf(biasTensor);
  const totals = Float64Array.from({ length: kernel.outputs }, (_, at) => Math.abs(bias?.[at] ?? 0));
  for (let channel = 0; channel < kernel.channels; channel++) {
    const added = contributionOf(kernel, channel, known.get(input)?.[channel], tensors[input]!);
    const adds = added?.some((one) => one !== 0) === true;
    const fits = added?.every((one, at) => totals[at]! + Math.abs(one) < 2 ** 31) === true;
    if (!fits || (adds && bias === undefined)) yield [input, channel];
    else added.forEach((one, at) => (totals[at]! += Math.abs(one)));
  }
}

/** Sets of channels that go together or not at all. */
class Ties {
  readonly #tensors: readonly Tensor[];
  readonly #first: readonly number[];
  readonly #parent: Int32Array;
  readonly #kept = new Set<number>();

  constructor(tensors: readonly Tensor[]) {
    this.#tensors = tensors;
    let next = 0;
    this.#first = tensors.map((tensor) => {
      const first = next;
      next += tensor.data === undefined ? channelsOf(tensor) : 0;
      return first;
    });
    this.#parent = Int32Array.from({ length: next }, (_, at) => at);
  }

  tie(a: readonly [number, number], b: readonly [number, number]): void {
    this.#parent[this.#root(this.#node(a))] = this.#root(this.#node(b));
  }

  keep(channel: readonly [number, number]): void {
    this.#kept.add(this.#node(channel));
  }

  keepAll(index: number): void {
    const tensor = this.#tensors[index];
    if (tensor === undefined || tensor.data !== undefined) return;
    for (let channel = 0; channel < channelsOf(tensor); channel++) this.keep([index, channel]);
  }

  /** What nothing keeps; a tensor's last channel stays. */
  free(): Removal {
    const kept = new Set([...this.#kept].map((node) => this.#root(node)));
    const sets = new Map<number, (readonly [number, number])[]>();
    for (const [index, tensor] of this.#tensors.entries()) {
      if (tensor.data !== undefined) continue;
      for (let channel = 0; channel < channelsOf(tensor); channel++) {
        const root = this.#root(this.#node([index, channel]));
        if (!kept.has(root)) sets.set(root, [...(sets.get(root) ?? []), [index, channel]]);
      }
    }
    const removal = new Map<number, Set<number>>();
    for (const set of sets.values()) {
      const count = new Map<number, number>();
      for (const [index] of set) count.set(index, (count.get(index) ?? 0) + 1);
      const emptied = [...count].some(
        ([index, goes]) => (removal.get(index)?.size ?? 0) + goes >= channelsOf(this.#tensors[index]!),
      );
      if (emptied) continue;
      for (const [index, channel] of set)
        removal.set(index, (removal.get(index) ?? new Set<number>()).add(channel));
    }
    return removal;
  }

  #node([index, channel]: readonly [number, number]): number {
    return this.#first[index]! + channel;
  }

  #root(node: number): number {
    let root = node;
    while (this.#parent[root] !== root) root = this.#parent[root]!;
    this.#parent[node] = root;
    return root;
  }
}

const channelsOf = ({ shape }: Tensor): number => shape.at(-1) ?? 1;
