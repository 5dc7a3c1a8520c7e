import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { project } from '../project.ts';

const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

test('a definition that ends the process does not end it well', () => {
  const cwd = project({ 'fleets/a.mjs': 'process.exit(0);\n' });
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'validate'], {
    cwd,
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr:
      'error[FLEET_LOAD]: the run ended before it was done\n  fix: remove process.exit from fleet definitions\n',
  });
});
