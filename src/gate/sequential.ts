import type { StatisticalGate } from '../fleet/spec.ts';
import type { Plan } from '../plan/plan.ts';
import { percent, TROUBLES, type Collected, type Counts } from './collect.ts';
import { controlLogRatio, type Arm } from './control-test.ts';
import { designEffect, observationsPerDevice } from './design-effect.ts';
import { logEValue } from './e-value.ts';
import { correlationOf, errorShares, silentShares } from './expected-shares.ts';
import { judgeRise, type Judged, type Rise } from './rise-test.ts';
import { sprtBounds } from './sprt.ts';
import type { TestResult } from './verdict.ts';

/** What tests know beside the counts. */
export interface Setting {
  readonly class: string;
  readonly gate: StatisticalGate;
  /** Share of false rollbacks that each test may use. */
  readonly alpha: number;
  /** Share of devices expected offline. */
  readonly offline: number;
  /** Devices of one cluster. */
  readonly clusterSize: number;
}

/** Names of the tests that a gate makes of every workload. */
export const metricsWithoutTrouble = ({ ceiling, offline }: StatisticalGate): string[] => [
  'errors',
  ...(offline?.treatAs === 'exclude' ? [] : ['overdue']),
  ...(ceiling === undefined ? [] : ['ceiling']),
];

/** Names of the tests that a gate makes of a workload by its plan. */
export const plannedMetrics = (
  gate: StatisticalGate,
  plan: Pick<Plan, 'metrics'>,
  workload: string,
): string[] => [
  ...metricsWithoutTrouble(gate),
  ...TROUBLES.filter((kind) => plan.metrics?.[workload]?.trouble?.[kind] !== undefined),
];

/** Names of the tests that a gate makes of a workload: also of trouble that evidence tells of without being asked. */
export const metricsOf = (
  gate: StatisticalGate,
  plan: Pick<Plan, 'metrics'>,
  { workload, treatment, control }: Collected,
): string[] => [
  ...metricsWithoutTrouble(gate),
  ...TROUBLES.filter(
    (kind) =>
      plan.metrics?.[workload]?.trouble?.[kind] !== undefined ||
      treatment.trouble[kind] !== undefined ||
      control.trouble[kind] !== undefined,
  ),
];

/** Every test of one workload of one class. */
export const testsOf = (collected: Collected, metrics: readonly string[], setting: Setting): TestResult[] =>
  metrics.map((metric) => {
    const test =
      { errors: errorsTest, overdue: overdueTest, ceiling: ceilingTest }[metric] ?? troubleTest(metric);
    const of = { class: setting.class, workload: collected.workload, metric };
    return Object.assign(of, test(collected, setting));
  });

type Outcome = Omit<TestResult, 'class' | 'workload' | 'metric'>;
type Test = (collected: Collected, setting: Setting) => Outcome;

const shareOf = ({ ok, bad }: Counts): number => (ok + bad === 0 ? 0 : bad / (ok + bad));

/** Independent observations in what an arm reports. */
const observed = (counts: Counts, { gate, clusterSize }: Setting): number =>
  counts.reported *
  observationsPerDevice(
    (counts.ok + counts.bad) / Math.max(1, counts.reported),
    clusterSize,
    correlationOf(gate),
  );

/**
 * Failed requests, as a sequential test against the control. A device counts for what its requests are worth, and
 * arms are exposed by their assigned devices.
 */
const errorsTest: Test = ({ treatment, control }, setting) => {
  const arms = [treatment, control].map((counts): Arm => ({
    failed: shareOf(counts) * counts.assigned,
    exposed: counts.assigned,
  }));
  const perDevice = [treatment, control].map(
    (counts) => observed(counts, setting) / Math.max(1, counts.assigned),
  );
  return riseTest(arms[0]!, arms[1]!, {
    setting,
    shares: errorShares(setting.gate),
    weight: Math.min(...perDevice),
    observations: observed(treatment, setting),
    what: 'of requests failed',
  });
};

/** Silent devices among all that are assigned: a device that a release kills sends no failed request. */
const overdueTest: Test = ({ treatment, control }, setting) => {
  const { gate, clusterSize } = setting;
  const weight = 1 / designEffect(1, clusterSize, correlationOf(gate));
  return riseTest(
    { failed: treatment.overdue, exposed: treatment.assigned },
    { failed: control.overdue, exposed: control.assigned },
    {
      setting,
      shares: silentShares(gate, setting.offline),
      weight,
      observations: weight * treatment.assigned,
      what: 'of devices are overdue',
    },
  );
};

interface Risen extends Omit<Rise, 'alpha' | 'beta'> {
  readonly setting: Setting;
  readonly what: string;
}

/** A rise of what failed, told with its numbers. */
function riseTest(treatment: Arm, control: Arm, { setting, what, ...rise }: Risen): Outcome {
  const judged = judgeRise(treatment, control, { ...rise, alpha: setting.alpha, beta: setting.gate.beta });
  const { verdict, logOdds, bounds } = judged;
  const share = treatment.exposed === 0 ? 0 : treatment.failed / treatment.exposed;
  const inControl = control.exposed === 0 ? 0 : control.failed / control.exposed;
  return {
    verdict,
    reason: `${percent(share)} ${what}, ${percent(inControl)} in the control: ${tell(judged)}`,
    treatment,
    control,
    logOdds,
    failAt: bounds.fail,
  };
}

const round = (value: number): string => value.toFixed(2);

function tell({ verdict, logOdds, absolute, bounds: { fail, pass } }: Judged): string {
  if (verdict === 'FAIL')
    return `log odds of a bad release ${round(logOdds)}, at ${round(fail)} it is rolled back`;
  if (logOdds <= pass) return `log odds of a bad release ${round(logOdds)}, at ${round(pass)} it may go on`;
  if (verdict === 'PASS')
    return `log odds of a bad release ${round(absolute)} by the baseline, at ${round(pass)} it may go on`;
  return `log odds of a bad release ${round(logOdds)}, ${round(absolute)} by the baseline: between ${round(pass)} and ${round(fail)} nothing is decided`;
}

/** The share of failed requests whatever the control: FAIL where its lower confidence bound is above the ceiling. */
const ceilingTest: Test = ({ treatment, control }, setting) => {
  const ceiling = setting.gate.ceiling!;
  const n = observed(treatment, setting);
  const share = shareOf(treatment);
  const logOdds = logEValue(n * share, n * (1 - share), ceiling);
  const failAt = Math.log(1 / setting.alpha);
  const verdict = logOdds >= failAt ? 'FAIL' : share > ceiling ? 'INSUFFICIENT' : 'PASS';
  const relation = { FAIL: 'surely above', INSUFFICIENT: 'above, but not surely so,', PASS: 'not above' }[
    verdict
  ];
  return {
    verdict,
    reason: `${percent(share)} of requests failed, ${relation} the ceiling of ${percent(ceiling)}`,
    treatment: { failed: n * share, exposed: n },
    control: { failed: shareOf(control) * observed(control, setting), exposed: observed(control, setting) },
    logOdds,
    failAt,
  };
};

/** Devices in trouble, against the control. Trouble is rare, so few of it is no proof: this can only FAIL. */
const troubleTest =
  (metric: string): Test =>
  ({ treatment, control }, setting) => {
    const { gate, alpha, clusterSize } = setting;
    const kind = metric as (typeof TROUBLES)[number];
    const arm = (counts: Counts): Arm => ({ failed: counts.trouble[kind] ?? 0, exposed: counts.assigned });
    const { fail: failAt } = sprtBounds({ alpha, beta: gate.beta });
    const weight = 1 / designEffect(1, clusterSize, correlationOf(gate));
    const { healthy, faulty } = errorShares(gate);
    const riskRatio = faulty / healthy;
    const missing = treatment.trouble[kind] === undefined || control.trouble[kind] === undefined;
    const logOdds = missing ? 0 : weight * controlLogRatio(arm(treatment), arm(control), riskRatio);
    const verdict = missing ? 'INSUFFICIENT' : logOdds >= failAt ? 'FAIL' : 'PASS';
    const counted = `${arm(treatment).failed} of ${treatment.assigned} devices, ${arm(control).failed} of ${control.assigned} in the control`;
    return {
      verdict,
      reason: missing
        ? 'not observed in every slice of both arms'
        : `${counted}: log odds ${round(logOdds)}, at ${round(failAt)} it is rolled back`,
      treatment: arm(treatment),
      control: arm(control),
      logOdds,
      failAt,
    };
  };
