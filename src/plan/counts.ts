import type { ClusterRow } from '../fleet/loaded-fleet.ts';
import type { ClusterCount, FleetSpec } from '../fleet/spec.ts';
import { maxUnavailableOf } from './availability.ts';
import type { Count } from './plan.ts';
import { indexOfSlice, SLICES, sliceIndexOf, type Slice } from './slices.ts';
import { sorted } from './sorted.ts';
import { addTo, emptyTally, expectedCount, sumOf, type Batch, type Tally } from './tally.ts';

/** What an inventory holds, asked by slices and class. */
export interface Counts {
  /** In these slices together; of all classes or of one. */
  of(slices: readonly Slice[], name?: string): Count;
  /** In all slices: known exactly in either kind of inventory. */
  all(name?: string): Count;
  /** By region, in name order. */
  regions(name: string): Readonly<Record<string, Count>>;
  /** Clusters with no more devices than may be unavailable at once. */
  allAtOnce(name: string): number;
}

interface ClassTally {
  readonly slices: readonly Tally[];
  readonly regions: Map<string, Tally>;
  /** In one cluster. */
  readonly maxUnavailable: number;
  allAtOnce: number;
}

/** Count named clusters. Keeps sums only: 29 slices for each class, whatever the number of rows. */
export function countRows(spec: FleetSpec, rows: Iterable<ClusterRow>): Counts {
  const tallies = newTallies(spec);
  const { salt } = spec.rollout;
  for (const row of rows) {
    const tally = tallyOf(tallies, row.class);
    const pinned = row.slice === undefined ? undefined : indexOfSlice(row.slice);
    const count = tally.slices[pinned ?? sliceIndexOf(salt, row.cluster)]!;
    count.clusters += 1;
    count.devices += row.devices;
    addToRegion(tally, row.region, { clusters: 1, devices: row.devices });
    if (row.devices <= tally.maxUnavailable) tally.allAtOnce += 1;
  }
  const chosen = (name?: string): readonly ClassTally[] =>
    name === undefined ? [...tallies.values()] : [tallyOf(tallies, name)];
  return {
    of: (slices, name) =>
      sumOf(chosen(name).flatMap((tally) => slices.map((slice) => tally.slices[indexOfSlice(slice.name)!]!))),
    all: (name) => sumOf(chosen(name).flatMap((tally) => tally.slices)),
    regions: (name) => sortedRegions(tallyOf(tallies, name)),
    allAtOnce: (name) => tallyOf(tallies, name).allAtOnce,
  };
}

/** Expect counts of clusters that have no names yet. */
export function countBatches(spec: FleetSpec, counts: readonly ClusterCount[]): Counts {
  const tallies = newTallies(spec);
  for (const { class: name, region, clusters, devicesPerCluster } of counts) {
    const tally = tallyOf(tallies, name);
    addToRegion(tally, region, { clusters, devices: clusters * devicesPerCluster });
    if (devicesPerCluster <= tally.maxUnavailable) tally.allAtOnce += clusters;
  }
  const batches = (name?: string): readonly Batch[] =>
    name === undefined ? counts : counts.filter((count) => count.class === name);
  return {
    of: (slices, name) =>
      expectedCount(
        batches(name),
        slices.reduce((sum, { from, to }) => sum + to - from, 0),
      ),
    all: (name) =>
      sumOf(
        batches(name).map(({ clusters, devicesPerCluster }) => ({
          clusters,
          devices: clusters * devicesPerCluster,
        })),
      ),
    regions: (name) => sortedRegions(tallyOf(tallies, name)),
    allAtOnce: (name) => tallyOf(tallies, name).allAtOnce,
  };
}

const newTallies = (spec: FleetSpec): Map<string, ClassTally> =>
  new Map(
    Object.entries(spec.classes).map(([name, device]) => [
      name,
      {
        slices: SLICES.map(emptyTally),
        regions: new Map<string, Tally>(),
        maxUnavailable: maxUnavailableOf(device),
        allAtOnce: 0,
      },
    ]),
  );

function tallyOf(tallies: ReadonlyMap<string, ClassTally>, name: string): ClassTally {
  const tally = tallies.get(name);
  if (tally === undefined) throw new Error(`class ${JSON.stringify(name)} is not in the definition`);
  return tally;
}

function addToRegion(tally: ClassTally, region: string, count: Tally): void {
  const sum = tally.regions.get(region);
  if (sum === undefined) tally.regions.set(region, { ...count });
  else addTo(sum, count);
}

const sortedRegions = (tally: ClassTally): Record<string, Count> => sorted(Object.fromEntries(tally.regions));
