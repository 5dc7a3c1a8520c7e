import { posix } from 'node:path';
import { inventoryRows } from '../fleet/inventory.ts';
import type { LoadedFleet } from '../fleet/loaded-fleet.ts';
import { movedClusters, rowsOfText, type MovedClusters } from '../output/moved-clusters.ts';
import { SLICE_NAMES } from '../plan/movement.ts';

/** A fleet's inventory as a commit has it. */
export interface InventoryBefore {
  /** Path from the working folder → content. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly salt: string;
}

const NONE: MovedClusters = { again: [], added: [], removed: [] };

/** Path of a fleet's inventory from the working folder; `undefined` where it has counts. */
export const inventoryPath = ({ spec, file }: LoadedFleet): string | undefined =>
  'kind' in spec.inventory ? posix.join(posix.dirname(file), spec.inventory.path) : undefined;

/**
 * What became of the clusters of a fleet since a commit. Nothing can be told of an inventory of counts, whose clusters
 * have no names, nor where the commit has no inventory.
 */
export function inventoryMoves(loaded: LoadedFleet, before: InventoryBefore): MovedClusters {
  const path = inventoryPath(loaded);
  const old = path === undefined ? undefined : before.files.get(path);
  const rows = inventoryRows(loaded, SLICE_NAMES);
  if (old === undefined || rows === undefined) return NONE;
  return movedClusters(
    { salt: before.salt, rows: rowsOfText(old.toString('utf8')) },
    { salt: loaded.spec.rollout.salt, rows },
  );
}
