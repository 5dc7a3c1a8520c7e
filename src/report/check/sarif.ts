import type { CheckReport, Finding, Location, Severity } from '../../check/finding.ts';
import { json } from '../text.ts';

const LEVEL: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', advice: 'note' };
/** What GitHub's code scanning takes of one result. */
const MOST_LOCATIONS = 1000;

/**
 * Findings in SARIF 2.1.0, as code scanning reads it: one run, one result for each finding, paths from the
 * repository's root. Accepted findings carry their reason as a suppression.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 * @see https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
export function sarif({ findings, notEvaluated }: CheckReport): string {
  const rules = [...new Map(findings.map((finding) => [finding.rule, finding])).values()].toSorted((a, b) =>
    a.rule < b.rule ? -1 : 1,
  );
  return json({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'breakwater',
            rules: rules.map(({ rule, why, severity }) => ({
              id: rule,
              shortDescription: { text: rule.replaceAll('-', ' ') },
              fullDescription: { text: why },
              help: { text: `${why}\n\nMore: breakwater explain ${rule}` },
              defaultConfiguration: { level: LEVEL[severity] },
            })),
          },
        },
        originalUriBaseIds: { '%SRCROOT%': { description: { text: "the repository's root" } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notEvaluated.map(({ rule, fleet, reason }) => ({
              level: 'note',
              associatedRule: { id: rule },
              message: { text: `not evaluated${fleet === undefined ? '' : ` in ${fleet}`}: ${reason}` },
            })),
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) =>
          result(
            finding,
            rules.findIndex(({ rule }) => rule === finding.rule),
          ),
        ),
      },
    ],
  });
}

const result = (finding: Finding, ruleIndex: number): object => ({
  ruleId: finding.rule,
  ruleIndex,
  level: LEVEL[finding.severity],
  message: { text: `${finding.message}\nfix: ${finding.fix}` },
  locations: finding.locations.slice(0, MOST_LOCATIONS).map((location) => sarifLocation(location, finding)),
  partialFingerprints: { 'breakwater/v1': finding.fingerprint },
  properties: {
    path: finding.path,
    ...(finding.fleet === undefined ? {} : { fleet: finding.fleet }),
    ...(finding.affected === undefined ? {} : { affected: finding.affected }),
  },
  ...(finding.suppressed === undefined
    ? {}
    : { suppressions: [{ kind: 'inSource', justification: finding.suppressed.reason }] }),
});

const sarifLocation = ({ file, line, column }: Location, { object, path }: Finding): object => ({
  physicalLocation: {
    artifactLocation: { uri: encodeURI(file), uriBaseId: '%SRCROOT%' },
    region: { startLine: line ?? 1, ...(column === undefined ? {} : { startColumn: column }) },
  },
  logicalLocations: [{ fullyQualifiedName: object === undefined ? path : `${object}${path}` }],
});
