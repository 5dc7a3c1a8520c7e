import type { StatisticalGate } from '../../fleet/spec.ts';
import { watchMs } from '../../gate/collect.ts';
import { clusterSizeOf, decide, shareAlpha, type Test } from '../../gate/decide.ts';
import type { EvidenceRow } from '../../gate/evidence.ts';
import type { Question } from '../../gate/question.ts';
import { plannedMetrics } from '../../gate/sequential.ts';
import type { Verdict } from '../../gate/verdict.ts';
import type { PlanFile, PlannedSlice } from '../../plan/plan.ts';
import { toYaml } from '../yaml.ts';
import type { AlertRule, RuleGroup } from './rule-file.ts';
import { INTERVAL, number } from './vocabulary.ts';

const OLD = 'v00000000000a';
const NEW = 'v00000000000b';
const INTERVAL_MS = 120_000;
/** Requests that each device answers within the window. */
const REQUESTS = 600;

const NUMBER: Readonly<Record<Verdict, number>> = { FAIL: 1, INSUFFICIENT: 0, PASS: -1 };

/** What the devices of the new release do: shares of their requests and of themselves. */
interface Scenario {
  readonly name: string;
  readonly failing: number;
  readonly silent: number;
}

interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/**
 * What `promtool test rules` takes: a rollout that is made up, of two slices and their real numbers of devices, played
 * through `rules.yaml`. What is expected is what `gate/decide.ts` says of the same counts.
 */
export function ruleTests(plan: PlanFile, groups: readonly RuleGroup[]): string {
  const { gate } = plan;
  const alerts = groups.flatMap(({ rules }) => rules.filter((rule): rule is AlertRule => 'alert' in rule));
  return toYaml({
    rule_files: ['rules.yaml'],
    evaluation_interval: INTERVAL,
    group_eval_order: groups.map(({ name }) => name),
    tests: [
      ...(gate.by === 'human' ? [] : scenarios(gate).map((of) => scenarioTest(plan, gate, of, alerts))),
      silenceTest(plan, alerts),
    ],
  });
}

const scenarios = ({ baseline, detect }: StatisticalGate): Scenario[] => [
  { name: 'a good release', failing: baseline / 2, silent: 0 },
  { name: 'a fault that is reported', failing: Math.min(1, baseline + 4 * detect), silent: 0 },
  { name: 'a fault that silences a third of the devices', failing: baseline / 2, silent: 1 / 3 },
];

const devicesOf = ({ classes }: PlannedSlice, name: string): number =>
  classes[name]!.spread?.devices[0] ?? classes[name]!.devices;

/** The two slices with the most devices: one is to run the new release, the other the settled one. */
function chosenSlices(plan: PlanFile): readonly [treatment: PlannedSlice, control: PlannedSlice] {
  const sum = (slice: PlannedSlice): number =>
    Object.keys(plan.classes).reduce((all, name) => all + devicesOf(slice, name), 0);
  const [first, second] = plan.slices.toSorted((a, b) => sum(b) - sum(a) || (a.name < b.name ? -1 : 1));
  return [first!, second!];
}

function scenarioTest(
  plan: PlanFile,
  gate: StatisticalGate,
  scenario: Scenario,
  alerts: readonly AlertRule[],
): Readonly<Record<string, unknown>> {
  const { fleet } = plan;
  const wave = plan.waves[0]!.name;
  const [treatment, control] = chosenSlices(plan);
  const workloads = Object.keys(plan.metrics ?? {});
  const classes = Object.keys(plan.classes).filter(
    (name) => devicesOf(treatment, name) > 0 && devicesOf(control, name) > 0,
  );
  const steps = Math.ceil(watchMs(gate) / INTERVAL_MS) + 2;
  const nowMs = steps * INTERVAL_MS;
  const constant = (value: number): string => `${number(value)}x${steps}`;
  const selector = (name: string, labels: Readonly<Record<string, string>>): string =>
    `breakwater:${name}{${Object.entries({ fleet, ...labels })
      .map(([label, text]) => `${label}="${text}"`)
      .join(',')}}`;
  const input: InputSeries[] = [];
  const give = (name: string, labels: Readonly<Record<string, string>>, value: number): void =>
    void input.push({ series: selector(name, labels), values: constant(value) });

  const tests = classes.flatMap(() =>
    workloads.flatMap((workload) =>
      plannedMetrics(gate, plan, workload).map((metric): Test => ({ workload, metric })),
    ),
  );
  give('question:alpha', { wave }, shareAlpha(gate, tests, classes.length).alphaOfEach);
  const rows: EvidenceRow[] = [];
  for (const name of classes) {
    give('question:cluster_size', { class: name, wave }, clusterSizeOf([treatment], name));
    for (const [workload, index] of workloads.map((of, at) => [of, at] as const)) {
      for (const [arm, slice, base] of [
        ['treatment', treatment, NEW],
        ['control', control, OLD],
      ] as const) {
        // Versions tell workloads apart.
        const version = base.slice(0, -2) + index.toString(16) + base.slice(-1);
        const question = { arm, class: name, wave, workload };
        give('version', { class: name, workload, version }, 1);
        give('question:nothing', question, 0);
        give('question:arm', { ...question, slice: slice.name, version }, 1);
        const assigned = devicesOf(slice, name);
        const overdue = arm === 'treatment' ? Math.round(assigned * scenario.silent) : 0;
        const reported = assigned - overdue;
        const requests = reported * REQUESTS;
        const bad = requests * (arm === 'treatment' ? scenario.failing : gate.baseline / 2);
        const place = { class: name, slice: slice.name, workload };
        const site = { ...place, cluster: 'site', version };
        give('site:answered', site, reported);
        give('site:seen', { ...place, cluster: 'site' }, reported);
        give('site:requests', site, requests);
        give('site:failed', site, bad);
        give('slice:answering', { ...place, version }, reported);
        const kinds = Object.keys(plan.metrics?.[workload]?.trouble ?? {});
        if (kinds.length > 0) give('slice:lately', { ...place, version }, reported);
        for (const trouble of kinds) give('slice:observed', { ...place, version, trouble }, reported);
        rows.push({
          ...place,
          version,
          from: iso(0),
          to: iso(nowMs),
          assigned,
          reported,
          overdue,
          ok: requests - bad,
          bad,
          ...(kinds.length === 0 ? {} : { trouble: Object.fromEntries(kinds.map((kind) => [kind, 0])) }),
        });
      }
    }
  }
  const versions = (base: string): Record<string, string> =>
    Object.fromEntries(workloads.map((of, at) => [of, base.slice(0, -2) + at.toString(16) + base.slice(-1)]));
  const questions = classes.map((name): Question => ({
    class: name,
    release: 'r00000000000b',
    settled: 'r00000000000a',
    treatment: [treatment.name],
    control: [control.name],
    versions: versions(NEW),
    settledVersions: versions(OLD),
  }));
  const { verdict } = decide({
    plan,
    wave,
    questions,
    evidence: { schemaVersion: 1, fleet, rows },
    nowMs,
  });
  const at = `${nowMs / 1000}s`;
  const rollback = alerts.find(({ alert }) => alert === 'BreakwaterRollback')!;
  return {
    name: `${scenario.name}: ${verdict}`,
    interval: INTERVAL,
    input_series: input,
    promql_expr_test: [
      {
        expr: selector('wave:verdict', { wave }),
        eval_time: at,
        exp_samples: [{ labels: selector('wave:verdict', { wave }), value: NUMBER[verdict] }],
      },
    ],
    alert_rule_test: [
      {
        alertname: rollback.alert,
        eval_time: at,
        exp_alerts: verdict === 'FAIL' ? [expected(rollback, { wave })] : [],
      },
    ],
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** A hub that hears of no device at all, and to which nobody gave `rollout.yaml`. */
function silenceTest(plan: PlanFile, alerts: readonly AlertRule[]): Readonly<Record<string, unknown>> {
  const hasDevices = (name = ''): boolean =>
    plan.classes[name] !== undefined && plan.slices.some((slice) => devicesOf(slice, name) > 0);
  return {
    name: 'nothing is heard, and rollout.yaml is not loaded',
    interval: INTERVAL,
    input_series: [],
    alert_rule_test: [
      {
        alertname: 'BreakwaterCoverage',
        eval_time: '1h',
        exp_alerts: alerts
          .filter(({ alert, labels }) => alert === 'BreakwaterCoverage' && hasDevices(labels['class']))
          .map((alert) => expected(alert, {}, '100%')),
      },
      {
        alertname: 'BreakwaterRulesMissing',
        eval_time: '1h',
        exp_alerts: alerts
          .filter(({ alert }) => alert === 'BreakwaterRulesMissing')
          .map((alert) => expected(alert, {})),
      },
    ],
  };
}

/** An alert as promtool is to find it, with its templates filled. */
const expected = (
  { labels, annotations }: AlertRule,
  more: Readonly<Record<string, string>>,
  value = '',
): Readonly<Record<string, unknown>> => ({
  exp_labels: { ...labels, ...more },
  exp_annotations: Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [
      name,
      text
        .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => more[label] ?? '')
        .replaceAll(/\{\{ \$value[^}]*\}\}/g, value),
    ]),
  ),
});
