import type { Arm } from './control-test.ts';

/** PASS: go on. FAIL: roll back. INSUFFICIENT: neither can be said; missing data is never a PASS. */
export type Verdict = 'PASS' | 'FAIL' | 'INSUFFICIENT';

/** What one test says. */
export interface TestResult {
  readonly class: string;
  readonly workload: string;
  /** `errors`, `overdue`, `ceiling`, or a kind of trouble. */
  readonly metric: string;
  readonly verdict: Verdict;
  /** Why, with the numbers: lower case, no full stop. */
  readonly reason: string;
  /** The slices that run the release: expected failures among devices, devices. */
  readonly treatment: Arm;
  /** The slices that still run the settled release. */
  readonly control: Arm;
  /** Natural logarithm of the odds of a bad release; of the e-value for `ceiling`. */
  readonly logOdds: number;
  /** From where on it is FAIL. */
  readonly failAt: number;
}

/** What a gate says of one class. */
export interface ClassDecision {
  readonly class: string;
  readonly release: string;
  readonly settled: string | null;
  readonly verdict: Verdict;
  /** The first reason for it. */
  readonly reason: string;
  /** What keeps the evidence from being judged, each with its numbers. */
  readonly gaps: readonly string[];
  readonly tests: readonly TestResult[];
}

/** What a gate says of a wave. */
export interface Decision {
  readonly fleet: string;
  readonly wave: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** Probability of a false rollback that each test may use: alpha shared over all of them. */
  readonly alphaOfEach: number;
  readonly classes: readonly ClassDecision[];
  /** Classes together, where there are several: log odds of each workload's metrics added up. They can only FAIL. */
  readonly together: readonly Together[];
}

/** One metric of one workload over all classes. */
export interface Together {
  readonly workload: string;
  readonly metric: string;
  readonly logOdds: number;
  readonly failAt: number;
}

/** FAIL before INSUFFICIENT before PASS. */
export const worst = (verdicts: readonly Verdict[]): Verdict =>
  (['FAIL', 'INSUFFICIENT'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'PASS';
