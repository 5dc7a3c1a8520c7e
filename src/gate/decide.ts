import { UserError } from '../errors.ts';
import type { StatisticalGate } from '../fleet/spec.ts';
import type { Plan, PlannedSlice } from '../plan/plan.ts';
import { collect, type Collected } from './collect.ts';
import type { Evidence, EvidenceRow } from './evidence.ts';
import type { Question } from './question.ts';
import { sprtBounds } from './sprt.ts';
import { metricsOf, testsOf, type Setting } from './sequential.ts';
import { worst, type ClassDecision, type Decision } from './verdict.ts';

export interface DecideOptions {
  readonly plan: Plan;
  readonly wave: string;
  readonly questions: readonly Question[];
  readonly evidence: Evidence;
  /** In milliseconds since the epoch: to tell evidence that is old, or from the future. */
  readonly nowMs: number;
}

/**
 * Turn evidence into a verdict. The same numbers decide wherever it is called; nothing that is missing passes.
 *
 * Alpha is shared over all tests of all classes, and over those of classes together. More failures never turn FAIL
 * into PASS, and more answers never turn PASS into FAIL.
 *
 * @throws UserError `GATE_HUMAN` where people decide; `EVIDENCE` for rows that name what the plan does not know, or that are there twice
 */
export function decide({ plan, wave, questions, evidence, nowMs }: DecideOptions): Decision {
  const gate = statisticsOf(plan);
  refuseUnknown(evidence, plan, questions);
  const collected = questions.map((question) => collect(question, evidence.rows, plan, nowMs));
  const each = collected
    .flat()
    .flatMap((of) => metricsOf(gate, plan, of).map((metric) => ({ workload: of.workload, metric })));
  const { groups, alphaOfEach } = shareAlpha(gate, each, questions.length);
  const classes = questions.map((question, index) =>
    decideClass(question, collected[index]!, plan, { gate, alpha: alphaOfEach }),
  );
  const failAt = sprtBounds({ alpha: alphaOfEach, beta: gate.beta }).fail;
  const tests = classes.flatMap((of) => of.tests);
  const together = groups.map(({ workload, metric }) => {
    const of = tests.filter((test) => test.workload === workload && test.metric === metric);
    return { workload, metric, logOdds: of.reduce((sum, { logOdds }) => sum + logOdds, 0), failAt };
  });
  const failing = together.find(({ logOdds }) => logOdds >= failAt);
  const verdict = failing === undefined ? worst(classes.map((of) => of.verdict)) : 'FAIL';
  const first = classes.find((of) => of.verdict === verdict);
  const reason =
    failing !== undefined && first?.verdict !== 'FAIL'
      ? `${failing.workload} ${failing.metric} of all classes together: log odds of a bad release ${failing.logOdds.toFixed(2)}, at ${failAt.toFixed(2)} it is rolled back`
      : `class ${first!.class}: ${first!.reason}`;
  return { fleet: plan.fleet, wave, verdict, reason, alphaOfEach, classes, together };
}

/**
 * The gate of a fleet whose evidence is judged.
 * @throws UserError `GATE_HUMAN`
 */
export function statisticsOf({ fleet, gate }: Plan): StatisticalGate {
  if (gate.by !== 'human') return gate;
  throw new UserError(
    'GATE_HUMAN',
    `fleet ${fleet} declares gate: { by: 'human' }: people look at each wave, no evidence is judged`,
    `look at the wave, then run breakwater promote ${fleet} or breakwater rollback ${fleet} --reason TEXT`,
  );
}

/** A test of one workload of one class. */
export interface Test {
  readonly workload: string;
  readonly metric: string;
}

/**
 * Share alpha over all tests of all classes, and over those of classes together.
 * @param each the tests of each class
 */
export function shareAlpha(
  { alpha }: StatisticalGate,
  each: readonly Test[],
  classes: number,
): { readonly groups: readonly Test[]; readonly alphaOfEach: number } {
  const groups = classes > 1 ? addedUp(each) : [];
  return { groups, alphaOfEach: alpha / Math.max(1, each.length + groups.length) };
}

/**
 * What classes may add up: each metric of each workload. Classes share no device; workloads share them all, and adding
 * these up would count a device's trouble twice. A ceiling is held by each class alone.
 */
const addedUp = (each: readonly Test[]): Test[] =>
  each.filter(
    ({ workload, metric }, index) =>
      metric !== 'ceiling' &&
      each.findIndex((other) => other.workload === workload && other.metric === metric) === index,
  );

function decideClass(
  question: Question,
  collected: readonly Collected[],
  plan: Plan,
  { gate, alpha }: Pick<Setting, 'gate' | 'alpha'>,
): ClassDecision {
  const { class: name, release, settled, treatment, control } = question;
  const slices = plan.slices.filter((slice) => treatment.includes(slice.name));
  const tests = collected.flatMap((of) =>
    testsOf(of, metricsOf(gate, plan, of), {
      class: name,
      gate,
      alpha,
      offline: plan.classes[name]!.offline,
      clusterSize: clusterSizeOf(slices, name),
    }),
  );
  const gaps = [
    ...(treatment.length === 0 ? ['no device of the class is in the wave'] : []),
    ...(control.length === 0
      ? ['no slice runs the settled release any more: there is nothing to compare with']
      : []),
    ...(collected.length === 0 ? ['nothing was observed of any workload'] : []),
    ...collected.flatMap((of) => of.gaps),
  ];
  const verdict = worst([
    ...tests.map((test) => test.verdict),
    ...(gaps.length > 0 ? ['INSUFFICIENT' as const] : []),
  ]);
  const test = tests.find((of) => of.verdict === verdict);
  const told = test === undefined ? '' : `${test.workload} ${test.metric}: ${test.reason}`;
  const reason = verdict === 'INSUFFICIENT' ? (gaps[0] ?? told) : told;
  return { class: name, release, settled, verdict, reason, gaps, tests };
}

/** Devices of the average cluster in these slices. */
export const clusterSizeOf = (slices: readonly PlannedSlice[], name: string): number => {
  const sum = (of: 'clusters' | 'devices'): number =>
    slices.reduce((all, slice) => all + slice.classes[name]![of], 0);
  return sum('clusters') === 0 ? 1 : sum('devices') / sum('clusters');
};

function refuse(what: string): never {
  throw new UserError('EVIDENCE', what, 'correct what collects the evidence, or run breakwater synth first');
}

function refuseUnknown({ fleet, rows }: Evidence, plan: Plan, questions: readonly Question[]): void {
  if (fleet !== plan.fleet) refuse(`the evidence is about fleet ${fleet}, expected ${plan.fleet}`);
  const seen = new Set<string>();
  const slices = new Set(plan.slices.map(({ name }) => name));
  for (const row of rows) {
    if (plan.classes[row.class] === undefined) refuse(`${tellRow(row)}: there is no class ${row.class}`);
    if (!slices.has(row.slice)) refuse(`${tellRow(row)}: there is no slice ${row.slice}`);
    const asked = questions.find((question) => question.class === row.class);
    if (
      asked !== undefined &&
      !(row.workload in asked.versions) &&
      !(row.workload in asked.settledVersions)
    ) {
      refuse(`${tellRow(row)}: neither release has a workload ${row.workload}`);
    }
    if (seen.has(tellRow(row))) refuse(`${tellRow(row)} is there twice`);
    seen.add(tellRow(row));
  }
}

const tellRow = (row: EvidenceRow): string => `row ${row.class} ${row.slice} ${row.workload} ${row.version}`;
