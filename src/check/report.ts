import { createHash } from 'node:crypto';
import type { Affected, CheckReport, Finding, Location, NotEvaluated, Severity } from './finding.ts';

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, advice: 2 };

/** By code units, so that order does not depend on a locale. */
const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Stable over edits elsewhere: says that a finding of today is the one of yesterday. 16 hex digits of SHA-256. */
export const fingerprintOf = (finding: Omit<Finding, 'fingerprint'>): string =>
  createHash('sha256')
    .update(
      JSON.stringify([
        finding.rule,
        finding.fleet ?? '',
        finding.object ?? '',
        finding.path,
        finding.message,
        // Two files may hold the same mistake; the object tells them apart where there is one.
        finding.fleet === undefined && finding.object === undefined ? (finding.locations[0]?.file ?? '') : '',
      ]),
    )
    .digest('hex')
    .slice(0, 16);

/** A finding in one class or file, before those that say the same are joined. */
export interface SingleFinding extends Omit<Finding, 'fingerprint' | 'affected'> {
  /** How many it touches, by class, or `''` where the rule said so itself; joined by class, so that none counts twice. */
  readonly affects: ReadonlyMap<string, Affected>;
}

/**
 * Join what says the same: one finding with several locations and the sum of the clusters and devices it affects.
 * Errors first, then by fleet, rule, object, path and message.
 */
export function joinFindings(singles: readonly SingleFinding[]): readonly Finding[] {
  const groups = new Map<string, SingleFinding[]>();
  for (const single of singles) {
    const { rule, fleet, object, path, message, fix, suppressed, locations } = single;
    const own = object === undefined && fleet === undefined ? locations[0] : undefined;
    const key = JSON.stringify([rule, fleet, object, path, message, fix, suppressed, own]);
    const group = groups.get(key);
    if (group) group.push(single);
    else groups.set(key, [single]);
  }
  return [...groups.values()]
    .map(joinGroup)
    .toSorted(
      (left, right) =>
        RANK[left.severity] - RANK[right.severity] ||
        compare(left.fleet ?? '', right.fleet ?? '') ||
        compare(left.rule, right.rule) ||
        compare(left.object ?? '', right.object ?? '') ||
        compare(left.locations[0]?.file ?? '', right.locations[0]?.file ?? '') ||
        compare(left.path, right.path) ||
        compare(left.message, right.message),
    );
}

function joinGroup(group: readonly SingleFinding[]): Finding {
  const { affects: _affects, locations: _locations, ...first } = group[0]!;
  const locations = new Map<string, Location>();
  const affects = new Map<string, Affected>();
  for (const single of group) {
    for (const location of single.locations) locations.set(JSON.stringify(location), location);
    for (const [name, affected] of single.affects) affects.set(name, affected);
  }
  const finding = {
    ...first,
    locations: [...locations.values()],
    ...(affects.size === 0 ? {} : { affected: sum([...affects.values()]) }),
  };
  return { ...finding, fingerprint: fingerprintOf(finding) };
}

const sum = (all: readonly Affected[]): Affected => ({
  clusters: all.reduce((total, { clusters }) => total + clusters, 0),
  devices: all.reduce((total, { devices }) => total + devices, 0),
});

/** A report with its counts; what was not evaluated by fleet, rule and reason. */
export function reportOf(
  findings: readonly Finding[],
  notEvaluated: readonly NotEvaluated[],
  checked: Pick<CheckReport['counts'], 'fleets' | 'files' | 'objects'>,
): CheckReport {
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity && finding.suppressed === undefined).length;
  return {
    findings,
    notEvaluated: notEvaluated.toSorted(
      (left, right) =>
        compare(left.fleet ?? '', right.fleet ?? '') ||
        compare(left.rule, right.rule) ||
        compare(left.reason, right.reason),
    ),
    counts: {
      ...checked,
      errors: count('error'),
      warnings: count('warning'),
      advice: count('advice'),
      suppressed: findings.filter(({ suppressed }) => suppressed !== undefined).length,
      notEvaluated: notEvaluated.length,
    },
  };
}

/** One report of several, in their order. */
export function mergeReports(reports: readonly CheckReport[]): CheckReport {
  const total = (name: 'fleets' | 'files' | 'objects'): number =>
    reports.reduce((sum, { counts }) => sum + counts[name], 0);
  return reportOf(
    reports.flatMap(({ findings }) => findings),
    reports.flatMap(({ notEvaluated }) => notEvaluated),
    { fleets: total('fleets'), files: total('files'), objects: total('objects') },
  );
}
