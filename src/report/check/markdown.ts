import type { CheckReport, Finding, Severity } from '../../check/finding.ts';
import { counted, countedBoth, markdownTable } from '../text.ts';
import { formatCounts, place, within } from './pretty.ts';
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
                text(message),
                text(suppressed?.reason ?? ''),
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
              report.notEvaluated.map(({ rule, fleet = '', reason }) => [code(rule), fleet, text(reason)]),
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

/** Text as Markdown shows it: nothing in it is a tag. */
const text = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const code = (text: string): string => `\`${text}\``;

const folded = (title: string, body: string): string =>
  `<details><summary>${title}</summary>\n\n${body}\n</details>\n`;

const findingsTable = (findings: readonly Finding[]): string =>
  markdownTable(
    ['', 'rule', 'what and what to do', 'where', 'touches'],
    SEVERITIES.flatMap((severity) => findings.filter((finding) => finding.severity === severity)).map(
      (finding) => [
        finding.severity,
        code(finding.rule),
        `${text(finding.message)}<br>**fix:** ${text(finding.fix)}`,
        finding.locations
          .map((location) => code(`${place(location)}${within(location, finding)}`))
          .join('<br>'),
        finding.affected === undefined ? '' : countedBoth(finding.affected),
      ],
    ),
  );
