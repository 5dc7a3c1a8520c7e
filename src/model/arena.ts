// How much memory a network's activations take: the runtime's own planner, greedy by size.
// Source: tflite/arena_planner.cc; Pisarchyk and Lee, arXiv 2001.03288.

import { elements, type Graph, type Tensor, type TensorType } from './graph.ts';

const ALIGNMENT = 64;
const BYTES: Readonly<Record<TensorType, number>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  uint8: 1,
  int64: 8,
  string: 0,
  bool: 1,
  int16: 2,
  complex64: 8,
  int8: 1,
  float64: 8,
};

/** Bytes of a tensor's values. */
export const bytesOf = ({ shape, type }: Tensor): number => elements(shape) * BYTES[type];

interface Lifetime {
  readonly tensor: number;
  readonly bytes: number;
  /** First and last operator that needs it. */
  readonly first: number;
  readonly last: number;
}

export interface Arena {
  /** Bytes of the whole arena. */
  readonly bytes: number;
  /** Bytes alive while each operator runs: no planner can do with less than the largest. */
  readonly alive: readonly number[];
}

/** Plan the arena of a graph with a batch of 1. */
export function planArena(graph: Graph): Arena {
  const lifetimes = lifetimesOf(graph, (step) => step);
  return {
    bytes: planned(lifetimes, graph.operators.length),
    alive: graph.operators.map((_, step) =>
      lifetimes.reduce((sum, { first, last, bytes }) => sum + (first <= step && step <= last ? bytes : 0), 0),
    ),
  };
}

/**
 * Bytes of the arena where it holds some tensors only, and operators that are run together begin and end together.
 * @param among indices of the tensors
 * @param together number of what each operator is run with, from 0 and rising
 */
export const arenaBytes = (graph: Graph, among: ReadonlySet<number>, together: readonly number[]): number =>
  planned(
    lifetimesOf(graph, (step) => together[step] ?? 0).filter(({ tensor }) => among.has(tensor)),
    (together.at(-1) ?? 0) + 1,
  );

function planned(lifetimes: readonly Lifetime[], steps: number): number {
  const order = lifetimes.toSorted(
    (a, b) => wholeFirst(a, b, steps) || b.bytes - a.bytes || a.first - b.first || a.tensor - b.tensor,
  );
  const placed: { readonly life: Lifetime; readonly at: number }[] = [];
  for (const life of order) {
    const others = placed
      .filter(({ life: other }) => other.first <= life.last && life.first <= other.last)
      .toSorted((a, b) => a.at - b.at);
    placed.push({ life, at: bestGap(others, life.bytes) });
  }
  return placed.reduce((end, { life, at }) => Math.max(end, at + life.bytes), 0);
}

/** Tensors that live throughout are placed first, as the runtime does. */
function wholeFirst(a: Lifetime, b: Lifetime, steps: number): number {
  const whole = ({ first, last }: Lifetime): number => (first === 0 && last >= steps - 1 ? 0 : 1);
  return whole(a) - whole(b);
}

/** The smallest gap that is large enough, else the end. */
function bestGap(others: readonly { readonly life: Lifetime; readonly at: number }[], bytes: number): number {
  let best: number | undefined;
  let bestSize = Infinity;
  let end = 0;
  for (const { life, at } of others) {
    const gap = at - end;
    if (gap >= bytes && gap < bestSize) [best, bestSize] = [end, gap];
    end = Math.max(end, at + life.bytes);
  }
  return best ?? end;
}

function lifetimesOf(graph: Graph, at: (operator: number) => number): Lifetime[] {
  const first = new Map<number, number>(graph.inputs.map((index) => [index, 0]));
  const last = new Map<number, number>();
  const end = at(graph.operators.length - 1);
  for (const [operator, { inputs, outputs }] of graph.operators.entries()) {
    const step = at(operator);
    for (const index of outputs) if (!first.has(index)) first.set(index, step);
    for (const index of [...inputs, ...outputs]) last.set(index, step);
  }
  // Inputs are preserved, and outputs read after the last operator.
  for (const index of [...graph.inputs, ...graph.outputs]) last.set(index, end);
  return [...first].flatMap(([tensor, from]) => {
    const made = graph.tensors[tensor]!;
    if (made.data !== undefined) return [];
    const bytes = Math.ceil(bytesOf(made) / ALIGNMENT) * ALIGNMENT;
    return [{ tensor, bytes, first: from, last: last.get(tensor) ?? from }];
  });
}
