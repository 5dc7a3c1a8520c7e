import type { Plan, SliceName } from './plan.ts';
import { type Slice, SLICES } from './slices.ts';

/** Applications that one ApplicationSet gets where the definition does not say: 10 % below what its status holds. */
const MAX_APPLICATIONS = 4500;

/**
 * Slices cut in halves until each run has few enough clusters. Where the cuts are follows from the slices' widths, so
 * that a cluster that joins moves no other from set to set; only a fleet that has doubled is cut once more.
 */
function shardSlices(
  slices: readonly Slice[],
  clustersOf: (slice: SliceName) => number,
  most: number,
): readonly (readonly SliceName[])[] {
  const names = slices.map(({ name }) => name);
  const total = names.reduce((sum, name) => sum + clustersOf(name), 0);
  if (total <= most || slices.length < 2) return [names];
  const [from, to] = [slices[0]!.from, slices.at(-1)!.to];
  const middle = slices.findIndex((slice) => slice.to * 2 >= from + to) + 1;
  const at = Math.min(middle, slices.length - 1);
  return [slices.slice(0, at), slices.slice(at)].flatMap((part) => shardSlices(part, clustersOf, most));
}

/**
 * The slices of each ApplicationSet of a class, in order: all of them in one, or cut where that would have too many
 * clusters.
 */
export function shardsOf(
  { slices }: Plan,
  className: string,
  most = MAX_APPLICATIONS,
): readonly (readonly SliceName[])[] {
  const sizes = new Map(
    slices.map(({ name, classes }) => [name, classes[className]?.clusters ?? 0] as const),
  );
  return shardSlices(SLICES, (slice) => sizes.get(slice) ?? 0, most);
}
