import type { ReleaseDiff, WaveDiff } from '../../output/fleet-diff.ts';
import type { MovedCluster, MovedClusters } from '../../output/moved-clusters.ts';
import type { FieldChange } from '../../output/object-diff.ts';
import type { WorkloadChange } from '../../output/restart.ts';
import { counted, span, whole } from '../text.ts';

/** Most clusters of one list: the counts tell the rest. */
const SHOWN = 10;
/** Longest value that is shown whole. */
const COLUMNS = 60;

export const waveHeadings = ['wave', 'class', 'when', 'release', '>clusters', '>devices', '>restarted'];

/** One row for each wave and class. */
export const waveRow = ({
  wave,
  class: name,
  when,
  from,
  to,
  clusters,
  devices,
  devicesRestarted,
}: WaveDiff): string[] => [
  wave,
  name,
  when === 'now' ? 'now' : 'once promoted',
  to === null ? `${from} -> none: keeps running` : from === null ? `${to} (first)` : `${from} -> ${to}`,
  whole(clusters),
  whole(devices),
  whole(devicesRestarted),
];

/** What a release does to the pods of a device: lower case, no full stop. */
export const workloadLine = ({
  workload,
  change,
  unavailableSeconds,
  pulls = [],
}: WorkloadChange): string => {
  if (change !== 'restarted') return `workload ${workload}: ${change}`;
  const gap =
    unavailableSeconds === undefined
      ? ''
      : unavailableSeconds === 0
        ? ', never unavailable'
        : `, unavailable on a device for up to ${span(unavailableSeconds * 1000)}`;
  return `workload ${workload}: restarted${gap}${pulls.length === 0 ? '' : `, pulls ${pulls.join(', ')}`}`;
};

/** `2 created, 1 configured, 9 unchanged`. */
export const countsLine = ({ counts }: ReleaseDiff): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([change, count]) => `${whole(count)} ${change}`)
    .join(', ');

/** `/spec/replicas: 1 -> 2`. */
export const fieldLine = (field: FieldChange): string => {
  const before = 'before' in field ? short(field.before) : undefined;
  const after = 'after' in field ? short(field.after) : undefined;
  if (before === undefined) return `${field.path}: + ${after}`;
  return after === undefined ? `${field.path}: - ${before}` : `${field.path}: ${before} -> ${after}`;
};

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= COLUMNS ? text : `${text.slice(0, COLUMNS - 1)}…`;
}

/** What must be done about clusters: a line for each kind. */
export function clusterLines({ again, added, removed }: MovedClusters): readonly string[] {
  return [
    ...list(again.length, 'must be bootstrapped again', again.map(movedCluster)),
    ...list(added.length, 'must be bootstrapped: new in the inventory', added),
    ...list(removed.length, 'gone from the inventory: they go on with what their pointer says', removed),
  ];
}

const list = (count: number, what: string, items: readonly string[]): readonly string[] =>
  count === 0
    ? []
    : [
        `${counted(count, 'cluster')} ${what}: ${items.slice(0, SHOWN).join(', ')}${count > SHOWN ? `, and ${whole(count - SHOWN)} more` : ''}`,
      ];

const movedCluster = ({ cluster, changed }: MovedCluster): string =>
  `${cluster} (${changed.map(({ what, before, after }) => `${what} ${before} -> ${after}`).join(', ')})`;
