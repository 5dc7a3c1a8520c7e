import type { VersionsOf } from '../../gate/question.ts';
import type { PlanFile } from '../../plan/plan.ts';
import type { RolloutState } from '../../plan/state.ts';
import { toYaml } from '../yaml.ts';
import { coverageAlerts, missingAlerts, verdictAlerts } from './alert-rules.ts';
import { countRules } from './count-rules.ts';
import { decisionRules } from './decision-rules.ts';
import { planRules } from './plan-rules.ts';
import { monitoringReadme } from './readme.ts';
import { rolloutRules } from './rollout-rules.ts';
import { prometheusRule, ruleFile, type RuleGroup } from './rule-file.ts';
import { ruleTests } from './rule-tests.ts';
import { INTERVAL } from './vocabulary.ts';

/** Where a fleet stands: what its rules follow from. */
export interface Monitored {
  readonly plan: PlanFile;
  readonly state: RolloutState;
  readonly versionsOf: VersionsOf;
}

/** What a rule file holds, by its name. */
export function ruleGroups({ plan, state, versionsOf }: Monitored): Readonly<Record<string, RuleGroup[]>> {
  const gate = plan.gate.by === 'human' ? undefined : plan.gate;
  const group = (name: string, rules: RuleGroup['rules']): RuleGroup => ({
    name: `breakwater-${plan.fleet}-${name}`,
    interval: INTERVAL,
    rules,
  });
  return {
    rollout: [group('rollout', rolloutRules(state, plan, versionsOf, gate))],
    rules: [
      group('plan', planRules(plan)),
      group('decision', [...countRules(plan), ...(gate === undefined ? [] : decisionRules(plan, gate))]),
      group('alerts', [...(gate === undefined ? [] : verdictAlerts(plan)), ...coverageAlerts(plan)]),
      group('missing', missingAlerts(plan, gate !== undefined)),
    ],
  };
}

/**
 * What the Prometheus of the hub is given: rules, the same as objects of Prometheus Operator, and their tests.
 *
 * Follows from plan, rollout and releases alone, so that every verb that moves a pointer writes it, without loading
 * the definition. Nothing where no workload sends telemetry.
 *
 * @returns path below `generated/<fleet>/` → text
 */
export function monitoringFiles(of: Monitored): ReadonlyMap<string, string> {
  const { fleet, metrics } = of.plan;
  if (metrics === undefined) return new Map();
  const groups = ruleGroups(of);
  const files = Object.entries(groups).map(([name, rules]) => [name, ruleFile(rules)] as const);
  return new Map([
    ['monitoring/README.md', monitoringReadme(of.plan)],
    ...files.map(([name, text]) => [`monitoring/${name}.yaml`, text] as const),
    ['monitoring/tests.yaml', ruleTests(of.plan, groups['rules']!)],
    [
      'monitoring/kubernetes/kustomization.yaml',
      toYaml({
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources: files.map(([name]) => `${name}.yaml`).toSorted(),
      }),
    ],
    ...files.map(
      ([name, text]) => [`monitoring/kubernetes/${name}.yaml`, prometheusRule(fleet, name, text)] as const,
    ),
  ]);
}
