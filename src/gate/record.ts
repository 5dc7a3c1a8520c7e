import { createHash } from 'node:crypto';
import type { Plan } from '../plan/plan.ts';
import type { Evidence, EvidenceRow } from './evidence.ts';
import type { Question } from './question.ts';
import type { ClassDecision, Decision, Verdict } from './verdict.ts';

/** Why a release of a class went on, stayed or was rolled back: the content of a file below `fleets/rollouts/`. */
export interface GateRecord {
  readonly schemaVersion: 1;
  readonly fleet: string;
  readonly class: string;
  readonly release: string;
  readonly settled: string | null;
  readonly wave: string;
  /** The wave's, where classes together failed; else the class's own. */
  readonly verdict: Verdict;
  readonly reason: string;
  readonly gaps: readonly string[];
  readonly tests: ClassDecision['tests'];
  readonly together: Decision['together'];
  readonly alphaOfEach: number;
  /** SHA-256 of all that the verdict follows from: gate, slices, versions and the rows below. */
  readonly inputs: string;
  readonly evidence: readonly EvidenceRow[];
}

/** What is written down of each class. No clock in it: the same evidence gives the same bytes. */
export function recordsOf(
  decision: Decision,
  questions: readonly Question[],
  evidence: Evidence,
  plan: Plan,
): GateRecord[] {
  const { fleet, wave, together, alphaOfEach } = decision;
  const isTogether = together.some(({ logOdds, failAt }) => logOdds >= failAt);
  return decision.classes.map((of, index): GateRecord => {
    const rows = evidence.rows
      .filter((row) => row.class === of.class)
      .map(inOrder)
      .toSorted(byPlace);
    return {
      schemaVersion: 1,
      fleet,
      class: of.class,
      release: of.release,
      settled: of.settled,
      wave,
      verdict: isTogether ? decision.verdict : of.verdict,
      reason: isTogether ? decision.reason : of.reason,
      gaps: of.gaps,
      tests: of.tests,
      together,
      alphaOfEach,
      inputs: digestOf(questions[index]!, rows, plan),
      evidence: rows,
    };
  });
}

/** Digest of what a class's verdict follows from. */
export function digestOf(question: Question, rows: readonly EvidenceRow[], plan: Plan): string {
  const slices = plan.slices.map(({ name, classes }) => [name, classes[question.class]]);
  const inputs = [plan.gate, slices, plan.classes[question.class]?.offline, question, rows];
  return `sha256:${createHash('sha256').update(JSON.stringify(inputs, sorted)).digest('hex')}`;
}

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
