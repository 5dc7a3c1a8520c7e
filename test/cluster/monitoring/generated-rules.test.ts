import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { binaryPath } from '../../harness/build.ts';
import { describeCluster } from '../cluster-test.ts';

const generated = fileURLToPath(new URL('../../../generated/', import.meta.url));
const fleets = readdirSync(generated);

const promtool = (...args: readonly string[]): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync(binaryPath('promtool'), args, { encoding: 'utf8' });
  return { status, said: stdout + stderr };
};

describeCluster.each(fleets)('the rules of %s', (fleet) => {
  const folder = join(generated, fleet, 'monitoring');

  test.each(['rules.yaml', 'rollout.yaml'])(
    '%s is what promtool takes for rules, without a remark',
    (name) => {
      const { status, said } = promtool('check', 'rules', '--lint=all', '--lint-fatal', join(folder, name));
      expect({ status, said }).toEqual({
        status: 0,
        said: expect.stringMatching(/^Checking .*\n {2}SUCCESS: \d+ rules found\n\n$/),
      });
    },
  );

  test('pass their own tests', () => {
    const { status, said } = promtool('test', 'rules', join(folder, 'tests.yaml'));
    expect({ status, said }).toEqual({ status: 0, said: expect.stringMatching(/SUCCESS/) });
  });
});
