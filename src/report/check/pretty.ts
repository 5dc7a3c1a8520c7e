import type { CheckReport, Finding, Location, Severity } from '../../check/finding.ts';
import { bold, cyan, dim, green, red, yellow } from '../style.ts';
import { counted, countedBoth } from '../text.ts';

const COLOUR: Readonly<Record<Severity, (text: string) => string>> = {
  error: red,
  warning: yellow,
  advice: cyan,
};

/** Findings for people at a terminal: what, where, what to do; then what was accepted, and the counts. */
export function pretty(report: CheckReport): string {
  const open = report.findings.filter(({ suppressed }) => suppressed === undefined);
  const accepted = report.findings.filter(({ suppressed }) => suppressed !== undefined);
  return [
    ...open.map((finding) => `${formatFinding(finding)}\n`),
    formatAccepted(accepted),
    formatNotEvaluated(report),
    formatCounts(report),
  ].join('');
}

function formatFinding(finding: Finding): string {
  const label = COLOUR[finding.severity](bold(`${finding.severity}[${finding.rule}]`));
  const places = finding.locations.map(
    (location, index) =>
      `${index === 0 ? '  at:  ' : '       '}${place(location)}${dim(within(location, finding))}\n`,
  );
  const affected =
    finding.affected === undefined ? '' : `  ${bold('on')}:  ${countedBoth(finding.affected)}\n`;
  return `${label}: ${finding.message}\n${places.join('')}${affected}  ${bold('fix')}: ${finding.fix}\n`;
}

/**
 * What a finding is about in a file: a pointer into the definition, or an object and a pointer into it. The
 * definition's line of a finding about an object says only whose object it is.
 */
export function within({ role }: Location, { object, path, fleet }: Finding): string {
  if (object === undefined) return path === '' ? '' : ` ${path}`;
  return role === 'source' && fleet !== undefined ? '' : ` ${object} ${path}`.trimEnd();
}

/** `file:line:column`, as terminals make links of. */
export const place = ({ file, line, column }: Location): string =>
  [file, line, column].filter((part) => part !== undefined).join(':');

function formatAccepted(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const lines = findings.map(({ rule, fleet, message, suppressed }) => {
    const until = suppressed?.until === undefined ? '' : ` (until ${suppressed.until})`;
    return `  ${rule}${fleet === undefined ? '' : ` in ${fleet}`}: ${message}\n    ${dim(`because ${suppressed?.reason}${until}`)}\n`;
  });
  return `${bold('accepted with a reason')}:\n${lines.join('')}\n`;
}

/** Rules that could not judge for the same reason stand on one line. */
function formatNotEvaluated({ notEvaluated }: CheckReport): string {
  if (notEvaluated.length === 0) return '';
  const reasons = [...new Set(notEvaluated.map(({ reason }) => reason))];
  const lines = reasons.map((reason) => {
    const skipped = notEvaluated.filter((other) => other.reason === reason);
    const rules = [...new Set(skipped.map(({ rule }) => rule))];
    const fleets = [...new Set(skipped.flatMap(({ fleet }) => fleet ?? []))];
    const where = fleets.length === 0 ? '' : ` (${fleets.join(', ')})`;
    return `  ${reason}${where}\n    ${dim(rules.join(', '))}\n`;
  });
  return `${bold('not evaluated')}:\n${lines.join('')}\n`;
}

/** One line: what was read, what was found, what was not judged. */
export function formatCounts({ counts }: CheckReport): string {
  const read = [
    ...(counts.fleets > 0 ? [counted(counts.fleets, 'fleet')] : []),
    counted(counts.files, 'file'),
    counted(counts.objects, 'object'),
  ].join(', ');
  const found = [
    counts.errors > 0 ? red(counted(counts.errors, 'error')) : green('0 errors'),
    counts.warnings > 0 ? yellow(counted(counts.warnings, 'warning')) : '0 warnings',
    `${counts.advice} advice`,
    `${counts.suppressed} accepted`,
    `${counts.notEvaluated} not evaluated`,
  ].join(', ');
  return `${read}: ${found}\n`;
}
