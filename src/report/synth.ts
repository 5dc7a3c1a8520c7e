import type { CheckReport } from '../check/finding.ts';
import type { Change } from '../output/work.ts';
import type { Move, Notice } from '../plan/movement.ts';
import type { Plan } from '../plan/plan.ts';
import { pretty as prettyFindings } from './check/pretty.ts';
import { formatNotices, indent } from './movement.ts';
import type { NextMove } from './status.ts';
import { bold, dim, green, yellow } from './style.ts';
import { counted, countedBoth, json, table, whole } from './text.ts';

/** What `synth` made of definitions. */
export interface SynthReport {
  /** `written`; `compared` where only differences were asked for; `refused` where errors stopped the write. */
  readonly outcome: 'written' | 'compared' | 'refused';
  readonly fleets: readonly FleetSynth[];
  /** Absent where only differences were asked for. */
  readonly check?: CheckReport;
}

/** What `synth` made of one definition. */
export interface FleetSynth {
  readonly fleet: string;
  /** Path of the definition. */
  readonly file: string;
  readonly plan: Plan;
  readonly classes: readonly ClassSynth[];
  readonly moves: readonly Move[];
  readonly notices: readonly Notice[];
  readonly changes: readonly Change[];
}

export interface ClassSynth {
  readonly class: string;
  /** What the definition makes. */
  readonly release: string;
  readonly objects: number;
  readonly next: NextMove;
}

/** Formats of `synth`: the keys are the choices of `--format`. */
export const synthFormats = {
  pretty,
  json: ({ outcome, fleets, check }: SynthReport): string =>
    json({
      schemaVersion: 1,
      outcome,
      fleets: fleets.map(({ plan, ...of }) => ({
        ...of,
        clusters: plan.total.clusters,
        devices: plan.total.devices,
      })),
      ...(check === undefined ? {} : { check }),
    }),
} as const;

/** Formats of `synth --prune-fleet`: what was removed. */
export const pruneFormats = {
  pretty: (changes: readonly Change[]): string => changes.map(formatChange).join(''),
  json: (changes: readonly Change[]): string => json({ schemaVersion: 1, outcome: 'pruned', changes }),
} as const;

function pretty(report: SynthReport): string {
  if (report.outcome === 'compared')
    return report.fleets
      .flatMap(({ changes }) => changes)
      .map(formatChange)
      .join('');
  return [
    ...report.fleets.map((fleet) => `${formatFleet(fleet)}\n`),
    report.check === undefined ? '' : prettyFindings(report.check),
    formatOutcome(report),
  ].join('');
}

const formatChange = ({ file, change }: Change): string => `${change} ${file}\n`;

function formatFleet({ fleet, file, plan, classes, moves, notices }: FleetSynth): string {
  const rows = classes.map(({ class: name, release, objects, next }) => {
    const count = plan.classes[name]!;
    const mine = moves.filter((move) => move.class === name);
    return [
      name,
      release,
      whole(objects),
      whole(count.clusters),
      whole(count.devices),
      formatFate(release, mine, next, plan),
    ];
  });
  return [
    `${bold(fleet)} ${dim(file)}\n`,
    `  ${countedBoth(plan.total)} in ${formatWaves(plan)}\n`,
    indent(table(['class', 'release', '>objects', '>clusters', '>devices', 'what happens'], rows)),
    formatNotices(notices),
  ].join('');
}

/** `canary 1 % (100 devices), early 10 % (900), …`. */
const formatWaves = ({ waves }: Plan): string =>
  `${counted(waves.length, 'wave')}: ${waves
    .map(({ name, percent, total }) => `${name} ${percent} % (${counted(total.devices, 'device')})`)
    .join(', ')}`;

/** What becomes of a class's devices, in words. */
function formatFate(release: string, moves: readonly Move[], next: NextMove, { delivery }: Plan): string {
  const [first] = moves;
  if (first?.from === null) return green('first release: every slice runs it');
  if (first !== undefined) {
    const devices = moves.reduce((sum, move) => sum + move.devices, 0);
    const where = [...new Set(moves.map(({ wave }) => wave))].join(', ');
    return yellow(
      `${counted(devices, 'device')} of wave ${where} leave ${first.from} within ${delivery.interval}; then promote`,
    );
  }
  if (next.wave === undefined)
    return dim(`nothing: every slice runs ${next.release === release ? 'it' : next.release}`);
  return `wave ${next.wave} takes over ${next.release}: ${next.reason}`;
}

function formatOutcome({ outcome, fleets }: SynthReport): string {
  if (outcome === 'refused')
    return 'nothing was written: correct the errors, or accept them with a reason (ignore)\n';
  const changes = fleets.flatMap(({ changes }) => changes);
  if (changes.length === 0)
    return 'generated/ is up to date: edit fleets/ and run this again, or see breakwater plan, diff and status\n';
  const count = (kind: Change['change']): number => changes.filter(({ change }) => change === kind).length;
  const kinds = (['created', 'configured', 'deleted'] as const).filter((kind) => count(kind) > 0);
  return `${kinds.map((kind) => `${whole(count(kind))} ${kind}`).join(', ')} (files): git add fleets generated, review, commit\n`;
}
