import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fleetTemplate } from '../../src/cli/init/fleet-template.ts';
import { edit, named, ok, withCanary } from './canary.ts';
import { repository } from './repository.ts';
import { run } from './run.ts';

test('synth with errors shows them and writes nothing', async () => {
  const repo = repository();
  edit(repo, "memory: '512Mi'", "memory: '16Gi'");
  const { status, stdout, stderr } = await run(repo.folder, ['synth']);
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(stdout).toContain('error[');
  expect(stdout).toContain('nothing was written');
  expect(repo.git('status', '--short')).toBe('?? .gitignore\n?? fleets/\n');
});

test('synth --check prints what differs and exits 1', async () => {
  const repo = await withCanary();
  rmSync(join(repo.folder, 'generated/hello/README.md'));
  expect(await run(repo.folder, ['synth', '--check'])).toEqual({
    status: 1,
    stdout: 'created generated/hello/README.md\n',
    stderr: '',
  });
});

test('synth --prune-fleet removes a fleet whose definition is gone, and no other', async () => {
  const repo = await withCanary();
  const refused = await run(repo.folder, ['synth', '--prune-fleet', 'hello']);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatchInlineSnapshot(`
    "error[FLAG]: --prune-fleet hello: fleets/ still defines it
      fix: remove the definition first: pruning deletes what its clusters read
    "
  `);
  rmSync(join(repo.folder, 'fleets/hello.ts'));
  const pruned = await ok(run(repo.folder, ['synth', '--prune-fleet', 'hello']));
  expect(pruned).toContain('deleted fleets/hello.rollout.json\n');
  expect(repo.git('ls-files', '--deleted', 'generated').split('\n').length).toBeGreaterThan(60);
});

test('synth tells of a fleet whose definition is gone, and leaves it as it is', async () => {
  const repo = await withCanary();
  writeFileSync(join(repo.folder, 'fleets/other.ts'), fleetTemplate('other'));
  await ok(run(repo.folder, ['synth']));
  repo.commit('2026-01-01T02:00:00Z');
  rmSync(join(repo.folder, 'fleets/other.ts'));
  const { status, stderr } = await run(repo.folder, ['synth']);
  expect(status).toBe(0);
  expect(stderr).toMatchInlineSnapshot(`
    "note: no definition makes generated/other any more, and its clusters go on with what they run; once they follow something else, run breakwater synth --prune-fleet other
    "
  `);
  expect(repo.git('status', '--short')).toBe(' D fleets/other.ts\n');
});

test('synth without the rollout file writes nothing', async () => {
  const repo = await withCanary();
  rmSync(join(repo.folder, 'fleets/hello.rollout.json'));
  const { status, stderr } = await run(repo.folder, ['synth']);
  expect(status).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
    "error[ROLLOUT_MISSING]: there is no fleets/hello.rollout.json, and generated/hello/slices has pointers: nothing was written
      fix: check it out from Git: git checkout HEAD -- fleets/hello.rollout.json
    "
  `);
  expect(repo.git('status', '--short')).toBe(' D fleets/hello.rollout.json\n');
  expect(await run(repo.folder, ['validate'])).toMatchObject({ status: 2, stderr });
});

test('a class that is renamed in the middle of a rollout takes along what its pointers name', async () => {
  const repo = await withCanary();
  edit(repo, "'mini-pc': {", "'mini-box': {\n      renamedFrom: 'mini-pc',");
  edit(repo, "class: 'mini-pc'", "class: 'mini-box'");
  const synth = await ok(run(repo.folder, ['synth']));
  expect(synth).toContain('class mini-box: takes over the pointers of class mini-pc, renamed');
  expect(await ok(run(repo.folder, ['synth', '--check']))).toBe('');
  const status = await ok(run(repo.folder, ['status', 'hello', '--format', 'json']));
  expect(status).toContain('"mini-box"');
  expect(status).not.toContain('"mini-pc"');
  const releases = readdirSync(join(repo.folder, 'generated/hello/releases/mini-box'));
  expect(releases.length).toBe(2);
});

test('conflict markers in the rollout file are shown with both sides', async () => {
  const repo = await withCanary();
  const file = join(repo.folder, 'fleets/hello.rollout.json');
  const lines = readFileSync(file, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes('"slice": "p000.01"'));
  lines.splice(index, 1, '<<<<<<< HEAD', lines[index]!, '=======', lines[index]!, '>>>>>>> other');
  writeFileSync(file, lines.join('\n'));
  const { status, stderr } = await run(repo.folder, ['promote', 'hello']);
  expect(status).toBe(2);
  expect(named()(stderr)).toMatchInlineSnapshot(`
    "error[ROLLOUT_CONFLICT]: fleets/hello.rollout.json:12: two branches moved the same pointers:
      HEAD:
        { "class": "mini-pc", "slice": "p000.01", "runs": "<release 1>", "before": "<release 2>" },
      other:
        { "class": "mini-pc", "slice": "p000.01", "runs": "<release 1>", "before": "<release 2>" },
      fix: keep one side, git checkout --ours or --theirs -- fleets/hello.rollout.json, then run breakwater synth
    "
  `);
});

test('a release edited by hand is refused by synth and found by validate', async () => {
  const repo = await withCanary();
  const pointer = readFileSync(
    join(repo.folder, 'generated/hello/slices/p100.00/mini-pc/kustomization.yaml'),
    'utf8',
  );
  const release = /r[0-9a-f]{12}/.exec(pointer)![0];
  const file = `generated/hello/releases/mini-pc/${release}/frame/namespace.yaml`;
  writeFileSync(join(repo.folder, file), '# edited\n', { flag: 'a' });
  const refused = await run(repo.folder, ['synth']);
  expect(refused.status).toBe(2);
  expect(named()(refused.stderr)).toMatchInlineSnapshot(`
    "error[RELEASE_CHANGED]: class mini-pc: the files in generated/hello/releases/mini-pc/<release 1> do not hash to its name; a release is never edited
      fix: check it out from Git: git checkout HEAD -- generated/hello/releases/mini-pc/<release 1>
    "
  `);
  const found = await run(repo.folder, ['validate']);
  expect(found.status).toBe(1);
  expect(found.stdout).toContain(release);
});

test('a fleet that is renamed is refused before its clusters are left behind', async () => {
  const repo = await withCanary();
  edit(repo, "name: 'hello'", "name: 'bonjour'");
  renameSync(join(repo.folder, 'fleets/hello.ts'), join(repo.folder, 'fleets/bonjour.ts'));
  const refused = await run(repo.folder, ['synth']);
  expect(refused.status).toBe(1);
  expect(refused.stdout).toContain('error[fleet-name-kept]: fleet hello is called bonjour now');
  expect(repo.git('status', '--short', 'generated')).toBe('');
  const found = await run(repo.folder, ['validate', '--against', 'HEAD']);
  expect(found.stdout).toContain('error[fleet-name-kept]');
});
