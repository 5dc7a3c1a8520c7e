import type { FleetDiff } from '../../output/fleet-diff.ts';
import type { MovedClusters } from '../../output/moved-clusters.ts';
import { json } from '../text.ts';
import { markdown } from './markdown.ts';
import { pretty } from './pretty.ts';

/** What differs between two states of a fleet, and what became of its clusters. */
export interface DiffReport extends FleetDiff {
  readonly clusters: MovedClusters;
}

/** Formats of `diff`: the keys are the choices of `--format`. */
export const diffFormats = {
  pretty: (reports: readonly DiffReport[]): string => reports.map(pretty).join('\n'),
  json: (reports: readonly DiffReport[]): string => json({ schemaVersion: 1, fleets: reports }),
  markdown: (reports: readonly DiffReport[]): string => reports.map(markdown).join('\n'),
} as const;
