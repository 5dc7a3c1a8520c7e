import type { Move, Notice } from '../plan/movement.ts';
import { bold, yellow } from './style.ts';
import { countedBoth, json, table, whole } from './text.ts';

/** What a verb that moves pointers did, and what follows. */
export interface MovementReport {
  readonly fleet: string;
  readonly verb: 'promote' | 'rollback' | 'retry';
  readonly moves: readonly Move[];
  readonly notices: readonly Notice[];
  /** Whether clusters are counted, or expected from counts: then numbers are rounded up slice by slice. */
  readonly inventory: 'exact' | 'expected';
  /** How often a cluster asks the source: the longest that one takes to follow once the source has it. */
  readonly interval: string;
  /** Whether the source is a Git repository, or an artifact that a workflow publishes from it. */
  readonly source: 'git' | 'oci';
  /** Paths that were written, to be committed. */
  readonly commit: readonly string[];
  /** What that commit says. */
  readonly message: string;
  /** What moves next, and when: lower case, no full stop. */
  readonly next: readonly string[];
}

/** Formats of verbs that move pointers: the keys are the choices of `--format`. */
export const movementFormats = {
  pretty,
  json: (report: MovementReport): string => json({ schemaVersion: 1, ...report }),
} as const;

function pretty(report: MovementReport): string {
  const { fleet, moves, notices, next } = report;
  return [
    `${bold(fleet)}: ${moves.length === 0 ? 'no pointer moves' : `${report.inventory === 'exact' ? '' : 'about '}${countedBoth(total(moves))} follow ${whenFollowing(report)}`}\n`,
    ...(moves.length === 0 ? [] : ['\n', formatMoves(moves)]),
    formatNotices(notices),
    formatCommit(report),
    ...(next.length === 0 ? [] : [`\n${bold('next')}\n`, ...next.map((line) => `  ${line}\n`)]),
  ].join('');
}

/** Pointers that move: class, wave, from which release to which, how many follow. */
export const formatMoves = (moves: readonly Move[]): string =>
  indent(
    table(
      ['class', 'wave', 'slices', 'release', '>clusters', '>devices'],
      moves.map(({ class: name, wave, slices, from, to, clusters, devices }) => [
        name,
        wave,
        sliceRange(slices),
        from === null ? `${to} (first)` : `${from} -> ${to}`,
        whole(clusters),
        whole(devices),
      ]),
    ),
  );

/** Warnings, each with what to do. */
export const formatNotices = (notices: readonly Notice[]): string =>
  notices.length === 0
    ? ''
    : `\n${notices
        .map(
          ({ class: name, message, fix }) =>
            `  ${yellow('note')}: class ${name}: ${message}\n${fix === undefined ? '' : `    ${bold('fix')}: ${fix}\n`}`,
        )
        .join('')}`;

export const total = (moves: readonly Move[]): { clusters: number; devices: number } => ({
  clusters: moves.reduce((sum, { clusters }) => sum + clusters, 0),
  devices: moves.reduce((sum, { devices }) => sum + devices, 0),
});

const whenFollowing = ({ source, interval }: MovementReport): string =>
  source === 'git'
    ? `within ${interval} of the push`
    : `within ${interval} of the publication that the push starts`;

/** First and last of consecutive slices. */
const sliceRange = (slices: readonly string[]): string =>
  slices.length < 2 ? slices.join('') : `${slices[0]} to ${slices.at(-1)}`;

function formatCommit({ commit, message }: MovementReport): string {
  if (commit.length === 0) return '';
  return [
    `\n${bold('to make it so')}\n`,
    `  git add ${commit.join(' ')}\n`,
    `  git commit -m ${shellQuoted(message)}\n`,
    `  git push\n`,
  ].join('');
}

const shellQuoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');
