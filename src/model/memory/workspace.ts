// How XNNPACK, which runs LiteRT's kernels, lays out the activations between its steps in one block.
// Source: google/XNNPACK, src/memory-planner.c and src/runtime.c, as of LiteRT 2.5.

import { smoothsort } from './smoothsort.ts';
import type { Run, Value } from './steps.ts';

interface Placed {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** Sorts that C libraries have; what becomes of values of one size differs. */
export type Sort = 'smooth' | 'stable';

const larger = (a: Placed, b: Placed): number => b.bytes - a.bytes;

/** Bytes of the block of one run. */
export function planWorkspace(run: Run, sort: Sort): number {
  const values = inPlace(run);
  return plan(sort === 'smooth' ? smoothsort(values, larger) : values.toSorted(larger));
}

/** What needs room of its own, in the planner's order; what is written over its input needs none. */
function inPlace({ steps, values }: Run): readonly Placed[] {
  const under = new Map<Value, Value>();
  const rootOf = (value: Value): Value => (under.has(value) ? rootOf(under.get(value)!) : value);
  const last = new Map<Value, number>(values.map((value) => [value, value.last]));
  for (const { inputs, output, inPlace: may } of steps) {
    if (!may || output.outside || output.readers !== 1) continue;
    const input = inputs.find((one) => !one.outside && one.readers === 1 && one.bytes === output.bytes);
    if (input === undefined) continue;
    const root = rootOf(input);
    under.set(output, root);
    last.set(root, output.last);
  }
  return values
    .filter((value) => !under.has(value))
    .map((value) => ({ bytes: value.bytes, first: value.first, last: last.get(value)! }));
}

/**
 * Each, the largest first, behind all that lives at the same time, or into the smallest gap between two of them. No room
 * before the first of them is looked for, so that a chain of equal layers takes the sum of them all.
 */
function plan(values: readonly Placed[]): number {
  const placed: { readonly value: Placed; readonly at: number }[] = [];
  let size = 0;
  for (const value of values) {
    const blocks = placed
      .filter(({ value: other }) => other.first <= value.last && value.first <= other.last)
      .toSorted((a, b) => a.at - b.at)
      .map((one) => [one.at, one.at + one.value.bytes] as const);
    const at = place(blocks, value.bytes);
    placed.push({ value, at });
    size = Math.max(size, at + value.bytes);
  }
  return size;
}

function place(blocks: readonly (readonly [start: number, end: number])[], bytes: number): number {
  let end = blocks[0]?.[1] ?? 0;
  let best: number | undefined;
  let smallest = Infinity;
  for (const [start, stop] of blocks.slice(1)) {
    const gap = start - end;
    if (gap > 0 && gap >= bytes && gap < smallest) [best, smallest] = [end, gap];
    end = Math.max(end, stop);
  }
  return best ?? end;
}
