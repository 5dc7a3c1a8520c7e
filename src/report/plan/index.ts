import { indent } from '../movement.ts';
import { bold, dim } from '../style.ts';
import { countedBoth, json, markdownTable, table } from '../text.ts';
import { notes } from './notes.ts';
import { parityHeadings, parityRows } from './parity.ts';
import type { PlanReport } from './plan-report.ts';
import { headings, rows } from './rows.ts';

/** Formats of `plan`: the keys are the choices of `--format`. */
export const planFormats = {
  pretty: (reports: readonly PlanReport[]): string => reports.map(pretty).join('\n'),
  json: (reports: readonly PlanReport[]): string => json({ schemaVersion: 1, fleets: reports }),
  markdown: (reports: readonly PlanReport[]): string => reports.map(markdown).join('\n'),
} as const;

const pretty = (report: PlanReport): string =>
  [
    `${bold(report.plan.fleet)} ${dim(report.file)}\n`,
    `  ${countedBoth(report.plan.total)}${expectation(report)}\n\n`,
    indent(table(headings(report.plan), rows(report))),
    '\n',
    ...notes(report).map((line) => `  ${line}\n`),
    '\n',
    indent(table(parityHeadings, parityRows(report.parity))),
  ].join('');

const markdown = (report: PlanReport): string =>
  [
    `### ${report.plan.fleet}: ${countedBoth(report.plan.total)}${expectation(report)}\n\n`,
    markdownTable(headings(report.plan), rows(report)),
    '\n',
    ...notes(report).map((line) => `- ${line}\n`),
    '\n',
    markdownTable(parityHeadings, parityRows(report.parity)),
  ].join('');

const expectation = ({ plan }: PlanReport): string =>
  plan.inventory === 'exact' ? '' : ' (expected: the inventory has counts, no names)';
