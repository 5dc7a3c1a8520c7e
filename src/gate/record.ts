// What is written down of a class's verdict. Source of schemas/record.schema.json.

import { createHash } from 'node:crypto';
import type { StatisticalGate } from '../fleet/spec.ts';
import type { Plan, ReleaseId, SliceName, Version } from '../plan/plan.ts';
import { statisticsOf } from './decide.ts';
import type { Evidence, EvidenceRow } from './evidence.ts';
import type { Question } from './question.ts';
import type { Decision, TestResult, Together, Verdict } from './verdict.ts';

/** Why a release of a class went on, stayed or was rolled back: the content of a file below `fleets/rollouts/`. */
export interface GateRecord {
  readonly schemaVersion: 1;
  readonly fleet: string;
  readonly class: string;
  readonly release: ReleaseId;
  readonly settled: ReleaseId | null;
  readonly wave: string;
  /** The wave's, where classes together failed; else the class's own. */
  readonly verdict: Verdict;
  readonly reason: string;
  /** SHA-256 of all the rest: what was edited by hand is no record any more. */
  readonly digest: Digest;
  readonly gaps: readonly string[];
  readonly tests: readonly TestResult[];
  readonly together: readonly Together[];
  readonly alphaOfEach: number;
  /** The gate that judged. */
  readonly gate: StatisticalGate;
  /** Slices of the wave that ran the release. */
  readonly treatment: readonly SliceName[];
  /** Slices of the class that still ran the settled release. */
  readonly control: readonly SliceName[];
  /** Of the release, by workload. */
  readonly versions: Readonly<Record<string, Version>>;
  /** Of the settled release, by workload. */
  readonly settledVersions: Readonly<Record<string, Version>>;
  readonly evidence: readonly EvidenceRow[];
}

/**
 * @pattern ^sha256:[0-9a-f]{64}$
 */
export type Digest = string;

/** What is written down of each class. No clock in it: the same evidence gives the same bytes. */
export function recordsOf(
  decision: Decision,
  questions: readonly Question[],
  evidence: Evidence,
  plan: Plan,
): GateRecord[] {
  const { fleet, wave, together, alphaOfEach } = decision;
  const gate = statisticsOf(plan);
  const isTogether = together.some(({ logOdds, failAt }) => logOdds >= failAt);
  return decision.classes.map((of, index): GateRecord => {
    const { treatment, control, versions, settledVersions } = questions[index]!;
    const rows = evidence.rows
      .filter((row) => row.class === of.class)
      .map(inOrder)
      .toSorted(byPlace);
    const said = {
      schemaVersion: 1 as const,
      fleet,
      class: of.class,
      release: of.release,
      settled: of.settled,
      wave,
      verdict: isTogether ? decision.verdict : of.verdict,
      reason: isTogether ? decision.reason : of.reason,
    };
    const because = {
      gaps: of.gaps,
      tests: of.tests,
      together,
      alphaOfEach,
      gate,
      treatment,
      control,
      versions,
      settledVersions,
      evidence: rows,
    };
    return { ...said, digest: digestOf({ ...said, ...because }), ...because };
  });
}

/** Digest of a record without its own. */
export const digestOf = (record: Omit<GateRecord, 'digest'>): Digest =>
  `sha256:${createHash('sha256').update(JSON.stringify(record, sorted)).digest('hex')}`;

/** For `JSON.stringify`: keys in the order of their names. */
const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

function inOrder(row: EvidenceRow): EvidenceRow {
  const {
    class: name,
    slice,
    workload,
    version,
    from,
    to,
    assigned,
    reported,
    overdue,
    ok,
    bad,
    trouble,
  } = row;
  const counts = { class: name, slice, workload, version, from, to, assigned, reported, overdue, ok, bad };
  return trouble === undefined ? counts : { ...counts, trouble: sorted('', trouble) as typeof trouble };
}

const placeOf = ({ slice, workload, version }: EvidenceRow): string => `${slice} ${workload} ${version}`;
const byPlace = (a: EvidenceRow, b: EvidenceRow): number => (placeOf(a) < placeOf(b) ? -1 : 1);
