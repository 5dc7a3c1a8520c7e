import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { TROUBLES } from '../../../src/gate/collect.ts';
import { decide } from '../../../src/gate/decide.ts';
import type { Decision, Verdict } from '../../../src/gate/verdict.ts';
import { monitoringFiles, ruleGroups } from '../../../src/synth/monitoring/monitoring.ts';
import { toYaml } from '../../../src/synth/yaml.ts';
import { binaryPath } from '../../harness/build.ts';
import { describeCluster, runFolder } from '../cluster-test.ts';
import { evidenceOf, inputSeries, MINUTES, ruleCase, type RuleCase } from './rule-case.ts';

/** At least two hundred, of which none may differ. */
const CASES = 240;
/** Of one run of promtool. */
const BATCH = 12;

const NUMBER: Readonly<Record<Verdict, number>> = { FAIL: 1, INSUFFICIENT: 0, PASS: -1 };

const judge = (of: RuleCase): Decision =>
  decide({
    plan: of.plan,
    wave: 'canary',
    questions: of.questions,
    evidence: { schemaVersion: 1, fleet: 'example', rows: evidenceOf(of) },
    nowMs: MINUTES * 60_000,
  });

/** A sample as promtool expects it. */
const sample = (name: string, value: number, labels: Readonly<Record<string, string>>) => ({
  labels: `breakwater:${name}{${Object.entries(labels)
    .map(([label, text]) => `${label}="${text}"`)
    .join(',')}}`,
  value,
});

/** What promtool is to find: the verdicts of wave, classes and tests, and the alerts that follow. */
function expectations(of: RuleCase, { verdict, classes }: Decision): Record<string, unknown> {
  const wave = { fleet: 'example', wave: 'canary' };
  const rules = ruleGroups(of)['rules']!.flatMap((group) => group.rules);
  const alert = (name: string): { labels: object; annotations: Record<string, string> } => {
    const found = rules.find((rule) => 'alert' in rule && rule.alert === name);
    if (found === undefined || !('annotations' in found)) throw new Error(`no alert ${name}`);
    return found;
  };
  const fires = (name: string, when: boolean): Record<string, unknown> => {
    const { labels, annotations } = alert(name);
    const filled = Object.fromEntries(
      Object.entries(annotations).map(([key, text]) => [
        key,
        text.replaceAll('{{ $labels.wave }}', 'canary'),
      ]),
    );
    return {
      eval_time: `${MINUTES}m`,
      alertname: name,
      exp_alerts: when ? [{ exp_labels: { ...labels, wave: 'canary' }, exp_annotations: filled }] : [],
    };
  };
  return {
    promql_expr_test: [
      {
        expr: 'breakwater:wave:verdict{wave="canary"}',
        eval_time: `${MINUTES}m`,
        exp_samples: [sample('wave:verdict', NUMBER[verdict], wave)],
      },
      {
        expr: 'breakwater:class:verdict{wave="canary"}',
        eval_time: `${MINUTES}m`,
        exp_samples: classes.map((one) =>
          sample('class:verdict', NUMBER[one.verdict], { ...wave, class: one.class }),
        ),
      },
      {
        expr: 'breakwater:test:verdict{wave="canary"}',
        eval_time: `${MINUTES}m`,
        exp_samples: classes.flatMap((one) =>
          one.tests.map(({ metric, workload, verdict: said }) =>
            sample('test:verdict', NUMBER[said], { ...wave, class: one.class, metric, workload }),
          ),
        ),
      },
    ],
    alert_rule_test: [
      fires('BreakwaterRollback', verdict === 'FAIL'),
      fires('BreakwaterHold', verdict === 'INSUFFICIENT'),
    ],
  };
}

/** Write the rules of a case, and a test of them that plays it. */
function place(of: RuleCase, decision: Decision): string {
  const folder = join(runFolder, `rules-${of.seed}`);
  const files = monitoringFiles(of);
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const groups = ruleGroups(of);
  const file = join(folder, 'monitoring', 'case.yaml');
  const played = {
    rule_files: ['rollout.yaml', 'rules.yaml'],
    evaluation_interval: '2m',
    group_eval_order: Object.values(groups).flatMap((all) => all.map(({ name }) => name)),
    tests: [
      {
        name: `case ${of.seed}`,
        interval: '1m',
        input_series: inputSeries(of),
        ...expectations(of, decision),
      },
    ],
  };
  writeFileSync(file, toYaml(played));
  return file;
}

const promtool = (
  ...args: readonly string[]
): Promise<{ readonly status: number; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    execFile(binaryPath('promtool'), args, { maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr });
    });
  });

describeCluster('the generated rules', () => {
  const verdicts: Record<Verdict, number> = { PASS: 0, FAIL: 0, INSUFFICIENT: 0 };
  const ofTrouble: Record<Verdict, number> = { PASS: 0, FAIL: 0, INSUFFICIENT: 0 };
  const batches = Array.from({ length: CASES / BATCH }, (_, index) => index);

  // Side by side, since promtool takes one processor.
  test.concurrent.each(batches)('decide as the gate does, batch %s of random cases', async (batch) => {
    const files = Array.from({ length: BATCH }, (_, index) => {
      const of = ruleCase(batch * BATCH + index + 1);
      const decision = judge(of);
      verdicts[decision.verdict] += 1;
      for (const { metric, verdict } of decision.classes.flatMap(({ tests }) => tests)) {
        if (TROUBLES.some((kind) => kind === metric)) ofTrouble[verdict] += 1;
      }
      return place(of, decision);
    });
    const { status, stdout, stderr } = await promtool('test', 'rules', ...files);
    // What failed is told on stderr, without the name of the file; the case is in the name of the test.
    expect({ status, said: stderr.slice(0, 4000) }).toEqual({ status: 0, said: '' });
    expect(stdout.match(/SUCCESS/g)).toHaveLength(BATCH);
  });

  test('were asked all three verdicts often', () => {
    console.log(`${CASES} cases: ${JSON.stringify(verdicts)}; of trouble: ${JSON.stringify(ofTrouble)}`);
    expect(Math.min(...Object.values(verdicts))).toBeGreaterThan(CASES / 12);
    expect(Math.min(...Object.values(ofTrouble))).toBeGreaterThan(CASES / 30);
  });
});
