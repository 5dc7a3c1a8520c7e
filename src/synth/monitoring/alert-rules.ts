import { parseDuration } from '../../fleet/units.ts';
import { DEFAULT_AGE, unaccountedLimit } from '../../gate/collect.ts';
import { prometheusDuration } from '../../gate/promql/duration.ts';
import type { PlanFile, PlannedWave } from '../../plan/plan.ts';
import type { AlertRule } from './rule-file.ts';
import { number, vocabularyOf } from './vocabulary.ts';

/** How often a verdict may change in six hours before people should look. */
const CHANGES = 6;

interface Told {
  readonly alert: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly expr: string;
  readonly for?: string;
  readonly summary: string;
  /** What to do, step by step. */
  readonly runbook: string;
}

/** What a verdict and missing evidence tell people, where evidence decides. */
export function verdictAlerts(plan: PlanFile): AlertRule[] {
  const { fleet, waves } = plan;
  const { series } = vocabularyOf(fleet);
  const verdict = series('wave:verdict');
  return [
    alertOf(fleet, {
      alert: 'BreakwaterRollback',
      severity: 'critical',
      expr: `${verdict} == 1`,
      summary: `The release on wave {{ $labels.wave }} of fleet ${fleet} is bad: the gate says FAIL.`,
      runbook: [
        `1. See which test failed: breakwater gate ${fleet} --wave {{ $labels.wave }} --prometheus URL`,
        `2. Go back: breakwater rollback ${fleet} --reason "gate failed on {{ $labels.wave }}", then commit and push.`,
        '   It works offline and from a clean clone; the time until it has reached everyone stands in breakwater plan.',
        `3. Sites that fail most: topk(10, breakwater:site:failed{fleet="${fleet}"} / breakwater:site:requests).`,
      ].join('\n'),
    }),
    ...waves.filter(({ slices }) => slices.length > 0).map((wave) => holdAlert(plan, wave)),
    alertOf(fleet, {
      alert: 'BreakwaterFlapping',
      severity: 'warning',
      expr: `changes(${verdict}[6h]) > ${CHANGES}`,
      summary: `The verdict on wave {{ $labels.wave }} of fleet ${fleet} changed {{ $value }} times in six hours.`,
      runbook: [
        '1. Do not promote: a PASS among FAILs is luck.',
        `2. See whether evidence comes and goes: breakwater:class:gap{fleet="${fleet}",wave="{{ $labels.wave }}"}.`,
        '3. If requests are few, lengthen window or the soak of the wave in the definition.',
      ].join('\n'),
    }),
  ];
}

/** A wave that was watched for as long as it should be, and of which nothing can be said all the same. */
function holdAlert({ fleet }: PlanFile, { name, soak }: PlannedWave): AlertRule {
  const { series } = vocabularyOf(fleet);
  const wave = `wave="${name}"`;
  const compared = `sum by (fleet, wave) (${series('arm:assigned', wave, 'arm="control"')}) > 0`;
  return alertOf(
    fleet,
    {
      alert: 'BreakwaterHold',
      severity: 'warning',
      expr: `${series('wave:verdict', wave)} == 0\nand on (fleet, wave) (${compared})`,
      ...(parseDuration(soak) > 0 ? { for: prometheusDuration(soak) } : {}),
      summary: `Wave ${name} of fleet ${fleet} cannot be judged: the evidence does not suffice.`,
      runbook: [
        `1. See what is missing: breakwater gate ${fleet} --wave ${name} --prometheus URL`,
        `2. breakwater:class:gap{fleet="${fleet}",${wave}} names each gap. Without one there are too few observations:`,
        '   wait, or let the wave hold more devices.',
        '3. Going on without evidence is a decision of people: breakwater promote --override REASON.',
      ].join('\n'),
    },
    { wave: name },
  );
}

/** What is told of every fleet with telemetry, whoever decides. */
export function coverageAlerts(plan: PlanFile): AlertRule[] {
  const { fleet, gate } = plan;
  const { series } = vocabularyOf(fleet);
  const assigned = `sum by (fleet, class) (${series('slice:assigned')})`;
  const seen = `sum by (fleet, class, workload) (${series('slice:seen')})`;
  const workloads = Object.keys(plan.metrics ?? {});
  const covered = Object.entries(plan.classes).flatMap(([name, { offline }]) =>
    workloads.map((workload) =>
      alertOf(
        fleet,
        {
          alert: 'BreakwaterCoverage',
          severity: 'warning',
          for: '30m',
          expr: [
            `1 - (sum by (fleet, class) (${series('slice:seen', `class="${name}"`, `workload="${workload}"`)})`,
            `  or 0 * sum by (fleet, class) (${series('slice:assigned', `class="${name}"`)}))`,
            `/ (sum by (fleet, class) (${series('slice:assigned', `class="${name}"`)}) > 0) > ${number(unaccountedLimit(offline))}`,
          ].join('\n'),
          summary: `{{ $value | humanizePercentage }} of the ${name} devices of fleet ${fleet} have not answered for ${gate.overdueAfter ?? DEFAULT_AGE}.`,
          runbook: [
            `1. Is it the hub? breakwater:slice:answering{fleet="${fleet}",class="${name}"} falls everywhere at once.`,
            `2. Is it a release? Compare breakwater:slice:seen of the slices that run it with the others.`,
            `3. Is it the inventory? Devices that are gone stand in it until it is corrected.`,
          ].join('\n'),
        },
        { class: name, workload },
      ),
    ),
  );
  return [
    ...covered,
    alertOf(fleet, {
      alert: 'BreakwaterCoverage',
      severity: 'warning',
      for: '30m',
      expr: `${seen} > on (fleet, class) group_left () ${assigned}`,
      summary: `More {{ $labels.class }} devices of fleet ${fleet} answer than its inventory has.`,
      runbook: [
        '1. Add the clusters that are missing to the inventory, then breakwater synth.',
        '2. Until then nothing of that class passes.',
      ].join('\n'),
    }),
    alertOf(fleet, {
      alert: 'BreakwaterSeries',
      severity: 'warning',
      for: '10m',
      expr: `${series('wrong')} > 0`,
      summary: `{{ $value }} series of fleet ${fleet} can not be: {{ $labels.kind }}.`,
      runbook: [
        `1. See which: breakwater gate ${fleet} --wave WAVE --prometheus URL names one.`,
        '2. duplicate: two receivers, or a relabelling that keeps both. negative, no number: a broken counter.',
        '   unknown place, two places: a cluster to be bootstrapped again. unnamed: labels that were taken away.',
        '3. Until then nothing passes.',
      ].join('\n'),
    }),
  ];
}

/** That the rules themselves are evaluated: in a group of its own, which a broken one does not take along. */
export function missingAlerts(plan: PlanFile, decides: boolean): AlertRule[] {
  const { fleet } = plan;
  const { series } = vocabularyOf(fleet);
  const missing = [
    `absent_over_time(${series('slice:assigned')}[15m])`,
    `absent_over_time(${series('version')}[15m])`,
    ...(decides
      ? [
          `(group by (fleet, wave) (${series('question:alpha')}) unless on (fleet, wave) ${series('wave:verdict')})`,
        ]
      : []),
  ];
  return [
    alertOf(fleet, {
      alert: 'BreakwaterRulesMissing',
      severity: 'critical',
      for: '10m',
      expr: missing.join('\nor '),
      summary: `The rules of fleet ${fleet} are not evaluated: nobody would be told of a bad release.`,
      runbook: [
        `1. Are rules.yaml and rollout.yaml of generated/${fleet}/monitoring both loaded? See /rules of Prometheus.`,
        '2. Does one fail or take longer than its interval? See prometheus_rule_evaluation_failures_total and',
        '   prometheus_rule_group_iterations_missed_total.',
        `3. Until then judge by hand: breakwater gate ${fleet} --wave WAVE --prometheus URL needs no rules.`,
      ].join('\n'),
    }),
  ];
}

function alertOf(fleet: string, told: Told, labels: Readonly<Record<string, string>> = {}): AlertRule {
  const { alert, severity, expr, summary, runbook } = told;
  return {
    alert,
    expr,
    ...(told.for === undefined ? {} : { for: told.for }),
    labels: { fleet, severity, ...labels },
    annotations: { summary, runbook },
  };
}
