import type { SliceName } from '../plan/plan.ts';
import { sliceOf } from '../plan/slices.ts';

/** What is asked of an inventory's row: what a cluster is told when it joins. */
export interface Joined {
  readonly cluster: string;
  readonly class: string;
  readonly region: string;
  /** The slice that the cluster is pinned to. */
  readonly slice?: string;
}

/** Clusters by name, and the salt that decides their slices. */
export interface Inventory {
  readonly salt: string;
  readonly rows: Iterable<Joined>;
}

/** A cluster that was told something about itself that is true no longer. */
export interface MovedCluster {
  readonly cluster: string;
  readonly changed: readonly {
    readonly what: 'class' | 'slice' | 'region';
    readonly before: string;
    readonly after: string;
  }[];
}

/** What has become of the clusters. */
export interface MovedClusters {
  /** Must be bootstrapped again; in the order of the inventory. */
  readonly again: readonly MovedCluster[];
  /** Are new: must be bootstrapped for the first time. */
  readonly added: readonly string[];
  /** Are gone from the inventory: they go on with what their pointer says. */
  readonly removed: readonly string[];
}

/** Compare two inventories. */
export function movedClusters(before: Inventory, after: Inventory): MovedClusters {
  const told = new Map<string, Told>();
  for (const row of before.rows) told.set(row.cluster, toldTo(row, before.salt));
  const again: MovedCluster[] = [];
  const added: string[] = [];
  for (const row of after.rows) {
    const was = told.get(row.cluster);
    told.delete(row.cluster);
    if (was === undefined) {
      added.push(row.cluster);
      continue;
    }
    const is = toldTo(row, after.salt);
    const changed = (['class', 'slice', 'region'] as const)
      .filter((what) => was[what] !== is[what])
      .map((what) => ({ what, before: was[what], after: is[what] }));
    if (changed.length > 0) again.push({ cluster: row.cluster, changed });
  }
  return { again, added, removed: [...told.keys()] };
}

interface Told {
  readonly class: string;
  readonly slice: SliceName;
  readonly region: string;
}

const toldTo = (row: Joined, salt: string): Told => ({
  class: row.class,
  slice: row.slice ?? sliceOf(salt, row.cluster),
  region: row.region,
});

/**
 * Rows of a CSV inventory as a commit has it. It was checked when it was committed; a row that is not whole counts
 * as none.
 */
export function* rowsOfText(text: string): Generator<Joined> {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const columns = header.split(',');
  const at = (fields: readonly string[], name: string): string => fields[columns.indexOf(name)] ?? '';
  for (const line of lines) {
    const fields = line.split(',');
    const row = { cluster: at(fields, 'cluster'), class: at(fields, 'class'), region: at(fields, 'region') };
    const slice = at(fields, 'slice');
    if (row.cluster === '') continue;
    yield slice === '' ? row : { ...row, slice };
  }
}
