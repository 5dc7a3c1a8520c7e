import type { Verdict } from '../gate/verdict.ts';
import type { ReleaseId } from '../plan/plan.ts';
import type { EarlyPromotion, Objection, Rejection } from '../plan/state.ts';
import { indent } from './movement.ts';
import { bold, dim, green, yellow } from './style.ts';
import { verdictText } from './gate.ts';
import { countedBoth, json, table, whole } from './text.ts';

/** Where a fleet's rollout stands. */
export interface FleetStatus {
  readonly fleet: string;
  readonly clusters: number;
  readonly devices: number;
  readonly classes: readonly ClassStatus[];
}

export interface ClassStatus {
  readonly class: string;
  readonly clusters: number;
  readonly devices: number;
  /** What the definition made when `plan.json` was written. */
  readonly wanted: ReleaseId;
  readonly settled: ReleaseId | null;
  readonly rejected: readonly Rejection[];
  /** Promotions before their soak was over, and those that something spoke against, with what did. */
  readonly answered: readonly (EarlyPromotion & { readonly against: Objection | 'soak' })[];
  /** In order; a wave whose slices run several releases has several. */
  readonly waves: readonly WaveStatus[];
  readonly next: NextMove;
}

export interface WaveStatus {
  readonly wave: string;
  readonly percent: number;
  readonly clusters: number;
  readonly devices: number;
  readonly runs: ReleaseId;
  /** The youngest of the commits that moved these slices; `null` where it is not committed, or nothing tells. */
  readonly since: { readonly commit: string; readonly time: string } | null;
  /**
   * What is recorded of the gate: `null` where nothing is, or nothing is to be judged; `unreadable` where what stands
   * there is no record.
   */
  readonly gate: { readonly verdict: Verdict | 'unreadable'; readonly reason: string } | null;
}

/** What a promotion would do now. */
export interface NextMove {
  readonly state: 'settled' | 'due' | 'waiting';
  readonly wave?: string;
  readonly release?: ReleaseId;
  readonly clusters?: number;
  readonly devices?: number;
  /** The wave that speaks for the release; absent where no device of the class has run it. */
  readonly judged?: string;
  /** ISO 8601, in UTC; `null` where nothing tells since when the source runs. */
  readonly dueAt?: string | null;
  /** What is waited for, or why nothing moves: lower case, no full stop. */
  readonly reason: string;
}

/** Formats of `status`: the keys are the choices of `--format`. */
export const statusFormats = {
  pretty: (fleets: readonly FleetStatus[]): string => fleets.map(formatFleet).join('\n'),
  json: (fleets: readonly FleetStatus[]): string => json({ schemaVersion: 1, fleets }),
} as const;

const formatFleet = (fleet: FleetStatus): string =>
  `${bold(fleet.fleet)}: ${countedBoth(fleet)}\n${fleet.classes.map((of) => `\n${indent(formatClass(of))}`).join('')}`;

const IN_SPITE_OF = {
  soak: 'its soak',
  gate: 'the gate',
  freeze: 'a freeze',
  harm: 'maxHarmedDevices',
} as const;

function formatClass({ class: name, settled, wanted, rejected, answered, waves, next }: ClassStatus): string {
  const rows = waves.map(({ wave, percent, clusters, devices, runs, since, gate }) => [
    wave,
    `${percent} %`,
    whole(clusters),
    whole(devices),
    `${runs}${runs === settled ? dim(' settled') : ''}`,
    since === null ? 'not committed' : `${since.commit.slice(0, 10)} ${since.time}`,
    gate === null ? '–' : verdictText(gate.verdict),
  ]);
  return [
    `class ${bold(name)}: wanted ${wanted}, ${settled === null ? 'nothing settled yet' : `settled ${settled}`}\n`,
    indent(table(['wave', '>up to', '>clusters', '>devices', 'runs', 'since', 'gate'], rows)),
    ...rejected.map(({ release, reason }) => `  ${yellow('rejected')} ${release}: ${reason}\n`),
    ...answered.map(
      ({ wave, release, against, reason }) =>
        `  ${yellow('in spite of')} ${IN_SPITE_OF[against]}: wave ${wave} took ${release} over: ${reason}\n`,
    ),
    `  ${formatNext(next)}\n`,
  ].join('');
}

function formatNext(next: NextMove): string {
  if (next.state === 'settled') return `next: nothing, ${next.reason}`;
  const what = `wave ${next.wave} takes over ${next.release} (${countedBoth({ clusters: next.clusters ?? 0, devices: next.devices ?? 0 })})`;
  return next.state === 'due'
    ? `${green('next')}: ${what}: due, ${next.reason}`
    : `${yellow('next')}: ${what}: ${next.reason}`;
}
