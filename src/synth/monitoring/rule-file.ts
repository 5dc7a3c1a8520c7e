import { toYaml } from '../yaml.ts';

type Labels = Readonly<Record<string, string>>;

/** Puts what an expression yields under a name. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
  readonly labels: Labels;
}

/** Tells people. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

/** Rules that are evaluated one after the other, each seeing what the ones before it recorded. */
export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}

/** What Prometheus' `rule_files` take. */
export const ruleFile = (groups: readonly RuleGroup[]): string => toYaml({ groups });

/**
 * The same for Prometheus Operator. Without a namespace: it belongs where the operator of the hub looks for rules.
 * @param file what {@link ruleFile} made of the groups; indented, since writing YAML takes as long again
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
 */
export function prometheusRule(fleet: string, name: string, file: string): string {
  const head = toYaml({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: `breakwater-${fleet}-${name}`,
      labels: { 'app.kubernetes.io/name': 'breakwater', 'app.kubernetes.io/part-of': fleet },
    },
  });
  return `${head}spec:\n${file.replaceAll(/^(?=.)/gm, '  ')}`;
}
