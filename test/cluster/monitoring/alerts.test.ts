import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PlanFile } from '../../../src/plan/plan.ts';
import { monitoringFiles } from '../../../src/synth/monitoring/monitoring.ts';
import { toYaml } from '../../../src/synth/yaml.ts';
import { examplePlan, exampleRelease } from '../../example-plan.ts';
import { binaryPath } from '../../harness/build.ts';
import { describeCluster, runFolder } from '../cluster-test.ts';

const base = examplePlan({ n100: exampleRelease(2) });
const plan: PlanFile = {
  ...base,
  metrics: { app: { errors: 'requests_total{code=~"5.."}', requests: 'requests_total' } },
};
const monitored = {
  plan,
  versionsOf: (_name: string, release: string) => ({ app: release.replace('r', 'v') }),
  state: {
    fleet: 'example',
    early: [],
    overrides: [],
    classes: {
      n100: {
        settled: 'r000000000001',
        rejected: [],
        pointers: Object.fromEntries(
          plan.slices.map(({ name }) => [name, { runs: 'r000000000002', before: 'r000000000001' }]),
        ),
      },
    },
  },
};

/** Names of the alerts that fire, of some, where the rules are given what they would have recorded. */
function firing(name: string, series: Readonly<Record<string, string>>, minutes: number): string[] {
  const folder = join(runFolder, `alerts-${name}`);
  for (const [path, text] of monitoringFiles(monitored)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return ['BreakwaterFlapping', 'BreakwaterSeries', 'BreakwaterRollback', 'BreakwaterCoverage'].filter(
    (alertname) => {
      const file = join(folder, 'monitoring', `${alertname}.yaml`);
      writeFileSync(
        file,
        toYaml({
          rule_files: ['rules.yaml'],
          evaluation_interval: '2m',
          tests: [
            {
              interval: '2m',
              input_series: Object.entries(series).map(([of, values]) => ({ series: of, values })),
              alert_rule_test: [{ alertname, eval_time: `${minutes}m`, exp_alerts: [] }],
            },
          ],
        }),
      );
      const { status } = spawnSync(binaryPath('promtool'), ['test', 'rules', file], { encoding: 'utf8' });
      return status !== 0;
    },
  );
}

const verdict = 'breakwater:wave:verdict{fleet="example",wave="canary"}';
const heard = {
  'breakwater:slice:seen{fleet="example",class="n100",workload="app",slice="p100.00"}': '1x200',
};

describeCluster('alerts', () => {
  test('a verdict that goes to and fro is told, one that changes twice is not', () => {
    expect(firing('flapping', { ...heard, [verdict]: '-1 1 0 -1 1 -1 0 1 -1 -1 -1 -1' }, 22)).toContain(
      'BreakwaterFlapping',
    );
    expect(firing('steady', { ...heard, [verdict]: '0 0 0 -1 -1 -1 -1 -1 -1 0 0 0' }, 22)).not.toContain(
      'BreakwaterFlapping',
    );
  });

  test('a FAIL is told at once, a PASS not at all', () => {
    expect(firing('fail', { ...heard, [verdict]: '-1 1' }, 2)).toContain('BreakwaterRollback');
    expect(firing('pass', { ...heard, [verdict]: '-1 -1' }, 2)).not.toContain('BreakwaterRollback');
  });

  test('a device that is heard twice is told after ten minutes', () => {
    const version = {
      'breakwater:version{fleet="example",class="n100",workload="app",version="v000000000002"}': '1x200',
    };
    const agent = (replica: string): string =>
      `up{class="n100",slice="p100.00",cluster="one",device="one",version="v000000000002",replica="${replica}"}`;
    const once = { ...version, [agent('a')]: '1x30' };
    expect(firing('twice', { ...once, [agent('b')]: '1x30' }, 30)).toContain('BreakwaterSeries');
    expect(firing('once', once, 30)).not.toContain('BreakwaterSeries');
  });

  test('a fleet of which hardly anything answers is told after half an hour', () => {
    const assigned = plan.slices.reduce((sum, { classes }) => sum + classes['n100']!.devices, 0);
    const seen = (devices: number) => ({
      'breakwater:slice:seen{fleet="example",class="n100",workload="app",slice="p100.00"}': `${devices}x60`,
    });
    expect(firing('silent', seen(assigned / 2), 60)).toContain('BreakwaterCoverage');
    expect(firing('heard', seen(assigned), 60)).not.toContain('BreakwaterCoverage');
    expect(firing('too-many', seen(assigned + 1), 60)).toContain('BreakwaterCoverage');
  });
});
