import type { SliceName, Version } from '../../plan/plan.ts';
import type { Series } from './client.ts';

/** When which versions answered in which slices: steps of one range query. */
export interface Heard {
  readonly stepsMs: readonly number[];
  /** By slice and version: the steps at which devices answered. */
  readonly at: ReadonlyMap<SliceName, ReadonlyMap<Version, ReadonlySet<number>>>;
  /** Steps at which any device of the class answered: at others the hub heard nothing. */
  readonly any: ReadonlySet<number>;
}

export function heardFrom(series: readonly Series[], stepsMs: readonly number[]): Heard {
  const at = new Map<SliceName, Map<Version, Set<number>>>();
  const any = new Set<number>();
  for (const { labels, times } of series) {
    const ofSlice = at.get(labels['slice']!) ?? new Map<Version, Set<number>>();
    at.set(labels['slice']!, ofSlice.set(labels['version']!, new Set(times)));
    for (const time of times) any.add(time);
  }
  return { stepsMs, at, any };
}

/**
 * Since when a slice has been watched while it runs a version: the first step at which the version answered, and
 * after which the hub was never deaf and no other version answered in its place. A slice that says nothing for a
 * while is watched: silence is what overdue devices are about.
 *
 * @returns milliseconds since the epoch; the last step where it has not been watched at all
 */
export function watchedSince({ stepsMs, at, any }: Heard, slice: SliceName, version: Version): number {
  const ofSlice = at.get(slice);
  const ofVersion = ofSlice?.get(version);
  let since = stepsMs.at(-1)!;
  for (const step of stepsMs.toReversed()) {
    const speaks = ofVersion?.has(step) === true;
    const others = [...(ofSlice?.values() ?? [])].some((steps) => steps.has(step));
    if (!any.has(step) || (others && !speaks)) break;
    if (speaks) since = step;
  }
  return since;
}
