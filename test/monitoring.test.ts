import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { monitoringFiles, ruleGroups } from '../src/synth/monitoring/monitoring.ts';
import type { PlanFile } from '../src/plan/plan.ts';
import type { RolloutState } from '../src/plan/state.ts';
import { isOurFile } from '../src/output/layout.ts';
import { examplePlan, exampleRelease } from './example-plan.ts';

const METRICS = { app: { errors: 'requests_total{code=~"5.."}', requests: 'requests_total' } };
const plan: PlanFile = { ...examplePlan({ n100: exampleRelease(2) }), metrics: METRICS };

/** A state in which so many slices run the second release and the others the first. */
const stateAt = (moved: number, settled: string | null = 'r000000000001'): RolloutState => ({
  fleet: 'example',
  early: [],
  overrides: [],
  classes: {
    n100: {
      settled,
      rejected: [],
      pointers: Object.fromEntries(
        plan.slices.map(({ name }, index) => [
          name,
          { runs: index < moved ? 'r000000000002' : 'r000000000001', before: null },
        ]),
      ),
    },
  },
});
const versionsOf = (_name: string, release: string): Record<string, string> => ({
  app: release.replace('r', 'v'),
});
const filesAt = (moved: number, of: PlanFile = plan): ReadonlyMap<string, string> =>
  monitoringFiles({ plan: of, state: stateAt(moved), versionsOf });

test('every file is ours by its path, and the same whenever it is made', () => {
  const files = filesAt(3);
  expect([...files.keys()]).toMatchInlineSnapshot(`
    [
      "monitoring/README.md",
      "monitoring/rollout.yaml",
      "monitoring/rules.yaml",
      "monitoring/tests.yaml",
      "monitoring/kubernetes/kustomization.yaml",
      "monitoring/kubernetes/rollout.yaml",
      "monitoring/kubernetes/rules.yaml",
    ]
  `);
  expect([...files.keys()].filter((path) => !isOurFile(path))).toEqual([]);
  expect(filesAt(3)).toEqual(files);
});

test('a pointer that moves changes rollout.yaml, and nothing of the rules or their tests', () => {
  const before = filesAt(3);
  const changed = [...filesAt(7)].filter(([path, text]) => before.get(path) !== text).map(([path]) => path);
  expect(changed).toEqual(['monitoring/rollout.yaml', 'monitoring/kubernetes/rollout.yaml']);
});

test('without telemetry there is nothing to watch', () => {
  const { metrics: _, ...without } = plan;
  expect(filesAt(3, without).size).toBe(0);
});

test('where people gate, devices are counted and nothing is judged', () => {
  const gate = { by: 'human', window: '10m', overdueAfter: '6h' } as const;
  const { rules, rollout } = ruleGroups({ plan: { ...plan, gate }, state: stateAt(3), versionsOf });
  const names = [...rules!, ...rollout!].flatMap((group) =>
    group.rules.map((rule) => ('alert' in rule ? rule.alert : rule.record)),
  );
  expect(names.filter((name) => /verdict|question|Rollback|Hold|Flapping/.test(name))).toEqual([]);
  expect(names).toContain('breakwater:slice:seen');
  expect(names).toContain('BreakwaterCoverage');
});

test('the object of Prometheus Operator holds what the rule file holds', () => {
  const files = filesAt(3);
  for (const name of ['rules', 'rollout']) {
    const object = parse(files.get(`monitoring/kubernetes/${name}.yaml`)!) as { spec: unknown };
    expect(object.spec).toEqual(parse(files.get(`monitoring/${name}.yaml`)!));
    expect(object).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: `breakwater-example-${name}` },
    });
  }
});

describe('rollout.yaml', () => {
  const recorded = (moved: number): string[] =>
    ruleGroups({ plan, state: stateAt(moved), versionsOf })['rollout']!.flatMap(({ rules }) =>
      rules.map(({ expr, labels, ...rule }) => {
        const name = 'record' in rule ? rule.record : rule.alert;
        const { fleet: _, ...rest } = labels;
        const short = expr.replace(/slice=~"([^|"]*)[^"]*?([^|"]*)"/, 'slice=~"$1…$2"');
        return `${name} ${Object.values(rest).join(' ')} = ${short}`;
      }),
    );

  test('says which versions there are, and, of each wave, which slices are compared with which', () => {
    expect(recorded(4)).toMatchInlineSnapshot(`
      [
        "breakwater:version n100 app v000000000001 = vector(1)",
        "breakwater:version n100 app v000000000002 = vector(1)",
        "breakwater:question:alpha canary = vector(0.005)",
        "breakwater:question:cluster_size n100 canary = vector(1)",
        "breakwater:question:nothing treatment n100 canary app = vector(0)",
        "breakwater:question:arm treatment n100 canary app v000000000002 = breakwater:slice:planned{fleet="example",class="n100",slice=~"p000[.]01…p000[.]10"} * 0 + 1",
        "breakwater:question:nothing control n100 canary app = vector(0)",
        "breakwater:question:arm control n100 canary app v000000000001 = breakwater:slice:planned{fleet="example",class="n100",slice=~"p000[.]20…p100[.]00"} * 0 + 1",
      ]
    `);
  });

  test('compares nothing where every slice runs the settled release', () => {
    expect(recorded(0).filter((line) => line.includes('question'))).toEqual([]);
  });
});

test('every alert says what it is about and what to do, and fits on a line or a list of steps', () => {
  const { rules } = ruleGroups({ plan, state: stateAt(3), versionsOf });
  const alerts = rules!.flatMap((group) => group.rules.filter((rule) => 'alert' in rule));
  expect(new Set(alerts.map(({ alert }) => alert))).toEqual(
    new Set([
      'BreakwaterRollback',
      'BreakwaterHold',
      'BreakwaterFlapping',
      'BreakwaterCoverage',
      'BreakwaterSeries',
      'BreakwaterRulesMissing',
    ]),
  );
  for (const { annotations, labels } of alerts) {
    expect(annotations['summary']).toMatch(/^[A-Z{].*example.*\.$/);
    expect(annotations['runbook']).toMatch(/^1\. /);
    expect(labels['severity']).toMatch(/^(critical|warning|info)$/);
  }
});
