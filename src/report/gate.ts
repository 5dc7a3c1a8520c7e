import type { Decision } from '../gate/verdict.ts';
import { indent } from './movement.ts';
import { bold, green, red, yellow } from './style.ts';
import { json, table } from './text.ts';

/** What `gate` found, and the files that it wrote. */
export interface GateReport {
  readonly decision: Decision;
  /** Paths from the working folder. */
  readonly recorded: readonly string[];
}

/** Formats of `gate`: the keys are the choices of `--format`. */
export const gateFormats = {
  pretty: ({ decision, recorded }: GateReport): string => {
    const { fleet, wave, verdict, reason, classes } = decision;
    return [
      `${bold(fleet)} wave ${bold(wave)}: ${verdictText(verdict)}: ${reason}\n`,
      ...classes.map((of) => `\n${indent(formatClass(of))}`),
      ...(recorded.length === 0 ? [] : [`\nto commit: ${recorded.join(' ')}\n`]),
    ].join('');
  },
  json: ({ decision, recorded }: GateReport): string => json({ schemaVersion: 1, ...decision, recorded }),
} as const;

function formatClass({
  class: name,
  release,
  settled,
  verdict,
  gaps,
  tests,
}: Decision['classes'][number]): string {
  const rows = tests.map((test) => [test.workload, test.metric, verdictText(test.verdict), test.reason]);
  return [
    `class ${bold(name)}: ${release} against ${settled ?? 'nothing settled'}: ${verdictText(verdict)}\n`,
    ...(rows.length === 0 ? [] : [indent(table(['workload', 'metric', 'verdict', 'why'], rows))]),
    ...gaps.map((gap) => `  ${yellow('missing')}: ${gap}\n`),
  ].join('');
}

const COLOURS = { PASS: green, FAIL: red, INSUFFICIENT: yellow, unreadable: yellow } as const;

/** A verdict in its colour. */
export const verdictText = (verdict: keyof typeof COLOURS): string => COLOURS[verdict](verdict);
