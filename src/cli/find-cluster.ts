import { UserError } from '../errors.ts';
import { inventoryRows } from '../fleet/inventory.ts';
import type { LoadedFleet } from '../fleet/loaded-fleet.ts';
import { nearest } from '../fleet/nearest.ts';
import type { ClusterCount } from '../fleet/spec.ts';
import { SLICE_NAMES } from '../plan/movement.ts';
import { sliceOf } from '../plan/slices.ts';
import type { ClusterIdentity } from '../synth/index.ts';

/** What a user says of a cluster. */
export interface ClusterQuestion {
  readonly cluster: string;
  /** Needed where the inventory has counts of several classes. */
  readonly class?: string;
  /** Needed where the inventory has counts in several regions. */
  readonly region?: string;
}

/**
 * Find out who a cluster is: its class, region and slice, from its line in the inventory, or from what the user says
 * where the inventory has counts.
 *
 * @throws UserError `CLUSTER_UNKNOWN`, `CLASS_UNKNOWN`, `FLAG`, `INVENTORY_…`
 */
export function findCluster(loaded: LoadedFleet, question: ClusterQuestion): ClusterIdentity {
  const { spec } = loaded;
  const rows = inventoryRows(loaded, SLICE_NAMES);
  if (rows === undefined) return identify(loaded, spec.inventory as readonly ClusterCount[], question);
  const names: string[] = [];
  for (const { cluster, class: className, region, slice } of rows) {
    if (cluster === question.cluster) {
      return { cluster, class: className, region, slice: slice ?? sliceOf(spec.rollout.salt, cluster) };
    }
    names.push(cluster);
  }
  const near = nearest(question.cluster, names);
  throw new UserError(
    'CLUSTER_UNKNOWN',
    `fleet ${spec.name} has no cluster ${JSON.stringify(question.cluster)} in its inventory`,
    near === undefined
      ? 'add its line to the inventory first'
      : `write ${near}, or add its line to the inventory first`,
  );
}

function identify(
  { spec }: LoadedFleet,
  counts: readonly ClusterCount[],
  { cluster, class: asked, region: askedRegion }: ClusterQuestion,
): ClusterIdentity {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(cluster)) {
    throw new UserError(
      'FLAG',
      `${JSON.stringify(cluster)} cannot be a cluster's name`,
      'write lower-case letters, digits and hyphens, at most 63',
    );
  }
  const classes = Object.keys(spec.classes);
  if (asked !== undefined && !classes.includes(asked)) {
    throw new UserError(
      'CLASS_UNKNOWN',
      `fleet ${spec.name} has no class ${JSON.stringify(asked)}`,
      `the classes are ${classes.join(', ')}`,
    );
  }
  const className = asked ?? onlyOf(classes, 'class', cluster);
  const regions = counts.filter((count) => count.class === className).map(({ region }) => region);
  const region = askedRegion ?? onlyOf([...new Set(regions)], 'region', cluster);
  return { cluster, class: className, region, slice: sliceOf(spec.rollout.salt, cluster) };
}

function onlyOf(choices: readonly string[], what: 'class' | 'region', cluster: string): string {
  const [only, ...others] = choices;
  if (only !== undefined && others.length === 0) return only;
  throw new UserError(
    'FLAG',
    `the inventory has counts, no names: the ${what} of cluster ${cluster} is not known`,
    `write --${what}${choices.length === 0 ? '' : ` with one of ${choices.join(', ')}`}`,
  );
}
