import type { CheckReport, Finding, Severity } from '../../check/finding.ts';
import { counted, countedBoth, markdownTable } from '../text.ts';
import { formatCounts, place } from './pretty.ts';
import { stripVTControlCharacters } from 'node:util';

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'advice'];

/** Findings for a comment on a pull request: the worst first, what was accepted folded away. */
export function markdown(report: CheckReport): string {
  const open = report.findings.filter(({ suppressed }) => suppressed === undefined);
  const accepted = report.findings.filter(({ suppressed }) => suppressed !== undefined);
  return [
    `### Breakwater: ${verdict(report)}\n`,
    stripVTControlCharacters(formatCounts(report)),
    ...(open.length > 0 ? [findingsTable(open)] : []),
    ...(accepted.length > 0
      ? [
          folded(
            `${counted(accepted.length, 'finding')} accepted with a reason`,
            markdownTable(
              ['rule', 'fleet', 'what', 'reason'],
              accepted.map(({ rule, fleet = '', message, suppressed }) => [
                code(rule),
                fleet,
                message,
                suppressed?.reason ?? '',
              ]),
            ),
          ),
        ]
      : []),
    ...(report.notEvaluated.length > 0
      ? [
          folded(
            `${counted(report.notEvaluated.length, 'check')} not evaluated`,
            markdownTable(
              ['rule', 'fleet', 'why not'],
              report.notEvaluated.map(({ rule, fleet = '', reason }) => [code(rule), fleet, reason]),
            ),
          ),
        ]
      : []),
  ].join('\n');
}

function verdict({ counts }: CheckReport): string {
  if (counts.errors > 0) return counted(counts.errors, 'error');
  return counts.warnings > 0 ? counted(counts.warnings, 'warning') : 'nothing to stop this';
}

const code = (text: string): string => `\`${text}\``;

const folded = (title: string, body: string): string =>
  `<details><summary>${title}</summary>\n\n${body}\n</details>\n`;

const findingsTable = (findings: readonly Finding[]): string =>
  markdownTable(
    ['', 'rule', 'what and what to do', 'where', 'touches'],
    SEVERITIES.flatMap((severity) => findings.filter((finding) => finding.severity === severity)).map(
      ({ severity, rule, message, fix, locations, path, affected }) => [
        severity,
        code(rule),
        `${message}<br>**fix:** ${fix}`,
        locations
          .map((location) => code(`${place(location)}${location.role === 'source' ? ` ${path}` : ''}`))
          .join('<br>'),
        affected === undefined ? '' : countedBoth(affected),
      ],
    ),
  );
