import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { edit, ok, withCanary } from './canary.ts';
import { repository } from './repository.ts';
import { run } from './run.ts';

test('a definition in JSON is checked as a fleet, by its file too', async () => {
  const { loadFleets } = await import('../../src/fleet/load.ts');
  const repo = repository();
  const [loaded] = await loadFleets(['hello'], { cwd: repo.folder });
  rmSync(join(repo.folder, 'fleets/hello.ts'));
  writeFileSync(join(repo.folder, 'fleets/hello.json'), JSON.stringify(loaded!.spec));
  const byName = await ok(run(repo.folder, ['validate', 'hello']));
  expect(byName).toContain('1 fleet, 15 files');
  expect(await ok(run(repo.folder, ['validate', 'fleets/hello.json']))).toBe(byName);
});

test('a folder of YAML needs no slash, and a fleet of its name comes first', async () => {
  const repo = repository();
  await ok(run(repo.folder, ['synth']));
  expect(await ok(run(repo.folder, ['validate', 'generated']))).toContain('80 files');
  mkdirSync(join(repo.folder, 'hello'));
  expect(await ok(run(repo.folder, ['validate', 'hello']))).toContain('1 fleet');
});

test('validate --against compares with a commit', async () => {
  const repo = await withCanary();
  edit(repo, "salt: 'hello-1'", "salt: 'hello-2'");
  const { status, stdout } = await run(repo.folder, ['validate', '--against', 'HEAD']);
  expect(status).toBe(1);
  expect(stdout).toContain('salt');
  const unknown = await run(repo.folder, ['validate', '--against', 'nowhere']);
  expect(unknown.status).toBe(2);
  expect(unknown.stderr).toMatchInlineSnapshot(`
    "error[GIT]: no commit is called "nowhere" here
      fix: name a branch, a tag or a commit; where a clone is shallow, fetch it first (git fetch origin BRANCH)
    "
  `);
});
