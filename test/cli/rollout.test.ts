import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { fleetTemplate } from '../../src/cli/init/fleet-template.ts';
import { type Ran, run } from './run.ts';
import { helloFiles, repository, type Repository } from './repository.ts';

afterEach(() => void vi.unstubAllEnvs());

const at = (time: string) => ({ now: () => Date.parse(time) });

/** Ids change whenever the manifests do: in snapshots they are named in the order of their appearance. */
function named(): (text: string) => string {
  const names = new Map<string, string>();
  return (text) =>
    text
      .replaceAll(/\br[0-9a-f]{12}\b/g, (id) => {
        names.set(id, names.get(id) ?? `<release ${names.size + 1}>`);
        return names.get(id)!;
      })
      .replaceAll(/\b[0-9a-f]{10} (?=\d{4}-)/g, '<commit> ');
}

async function ok(ran: Promise<Ran>): Promise<string> {
  const { status, stdout, stderr } = await ran;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

function edit({ folder }: Repository, from: string, to: string): void {
  const file = join(folder, 'fleets/hello.ts');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

/** A first release, committed at midnight; a second one on the canary, committed at one. */
async function withCanary(): Promise<Repository> {
  const repo = repository();
  await ok(run(repo.folder, ['synth'], at('2026-01-01T00:00:00Z')));
  repo.commit('2026-01-01T00:00:00Z');
  edit(repo, "memory: '512Mi'", "memory: '640Mi'");
  await ok(run(repo.folder, ['synth'], at('2026-01-01T01:00:00Z')));
  repo.commit('2026-01-01T01:00:00Z');
  return repo;
}

test('a release goes from the canary to every slice, each wave after its soak, and back with one command', async () => {
  const name = named();
  const repo = await withCanary();
  const say = async (time: string, ...argv: string[]): Promise<string> =>
    name(await ok(run(repo.folder, argv, at(time))));

  const { status, stdout, stderr } = await run(repo.folder, ['promote', 'hello'], at('2026-01-02T00:59:00Z'));
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(name(stderr)).toMatchInlineSnapshot(`
    "error[SOAK]: class mini-pc: wave canary must be watched for 24h, and has run <release 1> for 23h59m: due 2026-01-02T01:00:00.000Z
      fix: wait, or write down why not to: --early REASON
    "
  `);
  expect(await say('2026-01-02T00:59:00Z', 'status', 'hello')).toMatchInlineSnapshot(`
    "hello: 1,000 clusters, 1,000 devices

      class mini-pc: wanted <release 1>, settled <release 2>
        wave    up to  clusters  devices  runs                   since
        canary   10 %       100      100  <release 1>          <commit> 2026-01-01T01:00Z
        half     50 %       400      400  <release 2> settled  <commit> 2026-01-01T00:00Z
        rest    100 %       500      500  <release 2> settled  <commit> 2026-01-01T00:00Z
        next: wave half takes over <release 1> (400 clusters, 400 devices): wave canary must be watched for 24h, and has run <release 1> for 23h59m: due 2026-01-02T01:00:00.000Z
    "
  `);

  expect(await say('2026-01-02T01:00:00Z', 'promote', 'hello')).toMatchInlineSnapshot(`
    "hello: about 400 clusters, 400 devices follow within 10m of the push

      class    wave  slices              release                         clusters  devices
      mini-pc  half  p015.00 to p050.00  <release 2> -> <release 1>       400      400

    to make it so
      git add fleets/hello.rollout.json generated/hello
      git commit -m 'Promote hello: half gets <release 1>'
      git push

    next
      class mini-pc: wave rest takes over <release 1> (400 clusters, 400 devices): wave half must be watched for 24h, and has run <release 1> for 0s: due 2026-01-03T01:00:00.000Z
    "
  `);
  expect((await run(repo.folder, ['synth', '--check'])).stdout).toBe('');
  repo.commit('2026-01-02T01:00:00Z');
  expect(await say('2026-01-03T02:00:00Z', 'promote', 'fleets/hello.ts')).toMatchInlineSnapshot(`
    "hello: about 400 clusters, 400 devices follow within 10m of the push

      class    wave  slices              release                         clusters  devices
      mini-pc  rest  p055.00 to p090.00  <release 2> -> <release 1>       400      400

      note: class mini-pc: 2 of 10 slices of wave rest stay for the next call: maxDevicesPerPromotion is 400

    to make it so
      git add fleets/hello.rollout.json generated/hello
      git commit -m 'Promote hello: rest gets <release 1>'
      git push

    next
      class mini-pc: wave rest takes over <release 1> (100 clusters, 100 devices): parts of wave rest are 1h apart, and has run <release 1> for 0s: due 2026-01-03T03:00:00.000Z
    "
  `);
  repo.commit('2026-01-03T02:00:00Z');

  // Parts of one wave wait for its pause, an hour.
  expect((await run(repo.folder, ['promote', 'hello'], at('2026-01-03T02:59:00Z'))).status).toBe(2);
  await say('2026-01-03T03:00:00Z', 'promote', 'hello');
  repo.commit('2026-01-03T03:00:00Z');

  expect(await say('2026-01-03T03:10:00Z', 'rollback', 'hello', '--reason', "it's slow"))
    .toMatchInlineSnapshot(`
      "hello: about 1,000 clusters, 1,000 devices follow within 10m of the push

        class    wave    slices              release                         clusters  devices
        mini-pc  canary  p000.01 to p010.00  <release 1> -> <release 2>       100      100
        mini-pc  half    p015.00 to p050.00  <release 1> -> <release 2>       400      400
        mini-pc  rest    p055.00 to p100.00  <release 1> -> <release 2>       500      500

      to make it so
        git add fleets/hello.rollout.json generated/hello
        git commit -m 'Roll hello back: it'\\''s slow'
        git push
      "
    `);
  expect(await say('2026-01-03T03:10:00Z', 'status', 'hello')).toMatchInlineSnapshot(`
    "hello: 1,000 clusters, 1,000 devices

      class mini-pc: wanted <release 1>, settled <release 2>
        wave    up to  clusters  devices  runs                   since
        canary   10 %       100      100  <release 2> settled  not committed
        half     50 %       400      400  <release 2> settled  not committed
        rest    100 %       500      500  <release 2> settled  not committed
        rejected <release 1>: it's slow
        next: nothing, every slice runs <release 2>
    "
  `);
  repo.commit('2026-01-03T03:10:00Z');
  const [told] = (await say('2026-01-03T03:20:00Z', 'synth')).split('\n\nnot evaluated');
  expect(told).toMatchInlineSnapshot(`
    "hello fleets/hello.ts
      1,000 clusters, 1,000 devices in 3 waves: canary 10 % (100 devices), half 50 % (400 devices), rest 100 % (500 devices)
      class    release        objects  clusters  devices  what happens
      mini-pc  <release 1>       10     1,000    1,000  nothing: every slice runs <release 2>

      note: class mini-pc: the definition makes <release 1>: rejected (it's slow), so nothing moves
        fix: correct the definition, or run breakwater retry hello <release 1>"
  `);
});

test('a promotion before the soak is over is written down with its reason', async () => {
  const repo = await withCanary();
  await ok(run(repo.folder, ['promote', 'hello', '--early', 'fix of an outage'], at('2026-01-01T02:00:00Z')));
  const rollout = readFileSync(join(repo.folder, 'fleets/hello.rollout.json'), 'utf8');
  expect(rollout).toContain('"wave": "half"');
  expect(rollout).toContain('"reason": "fix of an outage"');
});

test('what is not committed counts as moved now', async () => {
  const repo = repository();
  await ok(run(repo.folder, ['synth']));
  edit(repo, "memory: '512Mi'", "memory: '640Mi'");
  await ok(run(repo.folder, ['synth']));
  const { status, stderr } = await run(repo.folder, ['promote', 'hello'], at('2026-01-01T00:00:00Z'));
  expect(status).toBe(2);
  expect(stderr).toContain('for 0s: due 2026-01-02T00:00:00');
});

test('outside of a repository nothing tells the time: a promotion needs a reason', async () => {
  const repo = repository();
  await ok(run(repo.folder, ['synth']));
  edit(repo, "memory: '512Mi'", "memory: '640Mi'");
  await ok(run(repo.folder, ['synth']));
  rmSync(join(repo.folder, '.git'), { recursive: true });
  const { status, stderr } = await run(repo.folder, ['promote', 'hello']);
  expect(status).toBe(2);
  expect(named()(stderr)).toMatchInlineSnapshot(`
    "error[SOAK]: class mini-pc: wave canary must be watched for 24h, and nothing tells since when it runs <release 1>: its lines are not in a Git repository, or Git is not installed
      fix: wait, or write down why not to: --early REASON
    "
  `);
  await ok(run(repo.folder, ['promote', 'hello', '--early', 'no repository here']));
});

test('without Git on the machine status tells no times, and a promotion needs a reason', async () => {
  const repo = await withCanary();
  vi.stubEnv('PATH', '');
  expect(await ok(run(repo.folder, ['status', 'hello']))).toContain('or Git is not installed');
  const { status, stderr } = await run(repo.folder, ['promote', 'hello']);
  expect({ status, stderr: stderr.slice(0, 11) }).toEqual({ status: 2, stderr: 'error[SOAK]' });
  await ok(run(repo.folder, ['promote', 'hello', '--early', 'no Git here']));
});

test('retry clears a rejection and places the release on the canary again', async () => {
  const name = named();
  const repo = await withCanary();
  await ok(run(repo.folder, ['rollback', 'hello', '--reason', 'the test was broken']));
  const { rejected } = (
    JSON.parse(await ok(run(repo.folder, ['status', '--format', 'json']))) as {
      fleets: [{ classes: [{ rejected: [{ release: string }] }] }];
    }
  ).fleets[0].classes[0];
  const { status, stderr } = await run(repo.folder, ['retry', 'hello', 'r000000000000']);
  expect(status).toBe(2);
  expect(name(stderr)).toMatchInlineSnapshot(`
    "error[RELEASE_UNKNOWN]: fleet hello has no rejected release "<release 1>"
      fix: name one of <release 2>
    "
  `);
  expect(name(await ok(run(repo.folder, ['retry', 'hello', rejected[0].release])))).toMatchInlineSnapshot(`
    "hello: about 100 clusters, 100 devices follow within 10m of the push

      class    wave    slices              release                         clusters  devices
      mini-pc  canary  p000.01 to p010.00  <release 3> -> <release 2>       100      100

    to make it so
      git add fleets/hello.rollout.json generated/hello
      git commit -m 'Retry <release 2> on hello'
      git push

    next
      class mini-pc: wave half takes over <release 2> (400 clusters, 400 devices): run breakwater promote hello
    "
  `);
  expect((await run(repo.folder, ['synth', '--check'])).status).toBe(0);
});

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
  expect(await ok(run(repo.folder, ['validate', 'generated']))).toContain('74 files');
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

test('verbs that move pointers name a fleet that was never synthesized', async () => {
  const { folder } = repository(helloFiles());
  const { status, stderr } = await run(folder, ['promote', 'helo']);
  expect(status).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
    "error[PLAN_MISSING]: there is no generated/helo/plan.json
      fix: check the name of the fleet; a new one is written by breakwater synth helo
    "
  `);
});
