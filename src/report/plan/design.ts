import { detectionMs, unseenShare } from '../../plan/harm.ts';
import { inFlight, realWaves } from '../../gate/arms.ts';
import type { Plan } from '../../plan/plan.ts';
import { scheduleOf } from '../../plan/schedule.ts';
import { indent } from '../movement.ts';
import { bold, dim } from '../style.ts';
import { counted, json, markdownTable, span, table, whole } from '../text.ts';
import { snippetOf } from './snippet.ts';

/** A rollout that rules let pass, beside the one that is defined. */
export interface DesignReport {
  /** Path of the definition. */
  readonly file: string;
  /** As defined. */
  readonly defined: Plan;
  readonly designed: Plan;
  /** To be written into the definition. */
  readonly rollout: object;
  /** What rules say of the rollout that is defined. */
  readonly findings: number;
  /** What rules still say of the designed one: what the definition asks for cannot be had together. */
  readonly remarks: readonly { readonly rule: string; readonly message: string; readonly fix: string }[];
}

/** Formats of `plan --design`: the keys are those of `plan`. */
export const designFormats = {
  pretty: (reports: readonly DesignReport[]): string => reports.map(pretty).join('\n'),
  json: (reports: readonly DesignReport[]): string =>
    json({
      schemaVersion: 1,
      fleets: reports.map(({ file, defined, designed, rollout, findings, remarks }) => ({
        file,
        fleet: defined.fleet,
        rollout,
        snippet: snippetOf('rollout', rollout),
        findings,
        remarks,
        defined: Object.fromEntries(sideOf(defined)),
        designed: Object.fromEntries(sideOf(designed)),
      })),
    }),
  markdown: (reports: readonly DesignReport[]): string => reports.map(markdown).join('\n'),
} as const;

function pretty(report: DesignReport): string {
  const { file, defined, rollout, remarks } = report;
  return [
    `${bold(defined.fleet)} ${dim(file)}\n\n`,
    indent(table(HEADINGS, rows(report))),
    `\n  in place of the rollout of ${file}:\n\n`,
    indent(snippetOf('rollout', rollout)),
    ...remarks.map(({ rule, message, fix }) => `\n  still ${rule}: ${message}\n    ${bold('fix')}: ${fix}\n`),
  ].join('');
}

const markdown = (report: DesignReport): string =>
  [
    `### ${report.defined.fleet}: another rollout\n\n`,
    markdownTable(HEADINGS, rows(report)),
    `\n\`\`\`ts\n${snippetOf('rollout', report.rollout)}\`\`\`\n`,
    ...report.remarks.map(({ rule, message, fix }) => `- still \`${rule}\`: ${message}; fix: ${fix}\n`),
  ].join('');

const HEADINGS = ['', 'defined', 'designed'];

function rows({ defined, designed, findings, remarks }: DesignReport): string[][] {
  const other = sideOf(designed);
  return [
    ...sideOf(defined).map(([what, value], index) => [what, value, other[index]![1]]),
    ['findings about the rollout', whole(findings), whole(remarks.length)],
  ];
}

/** What a rollout does to a fleet, line by line. */
function sideOf(plan: Plan): (readonly [string, string])[] {
  const { gate, total } = plan;
  const waves = realWaves(plan);
  const [first, ...later] = waves;
  const most = Math.max(0, ...later.map((wave) => inFlight(plan, wave).devices));
  const share = unseenShare(gate);
  const last = scheduleOf(plan).at(-1);
  const parts = scheduleOf(plan).reduce((sum, schedule) => sum + schedule.parts, 0);
  return [
    ['waves', waves.map(({ name, percent }) => `${name} ${percent} %`).join(', ')],
    ['first wave', counted(first?.total.devices ?? 0, 'device')],
    ['passes unseen', gate.by === 'human' ? 'what people do not see' : passing(gate.detect, total.devices)],
    ['silent unseen', gate.by === 'human' ? 'what people do not see' : passing(share, total.devices)],
    ['known after', span(detectionMs(gate))],
    ['moved by then', `${counted(most, 'device')} at most`],
    ['harmed by then', `${counted(Math.max(first?.total.devices ?? 0, most * share), 'device')} at most`],
    [
      'promotions',
      `${whole(Math.max(0, parts - 1))}, the last after ${span(last?.movedMs ?? 0)} at the earliest`,
    ],
  ];
}

const pointsOf = (rise: number): string => {
  const points = Number((rise * 100).toPrecision(3));
  return `${points} ${points === 1 ? 'point' : 'points'}`;
};

const passing = (rise: number, devices: number): string =>
  rise >= 1
    ? `everything: ${counted(devices, 'device')}`
    : `just under ${pointsOf(rise)}: ${counted(Math.floor(Number((rise * devices).toPrecision(12))), 'device')}`;
