import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { at, edit, named, ok, withCanary } from './canary.ts';
import { helloFiles, repository } from './repository.ts';
import { run } from './run.ts';

afterEach(() => void vi.unstubAllEnvs());

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
        wave    up to  clusters  devices  runs                   since                         gate
        canary   10 %       100      100  <release 1>          <commit> 2026-01-01T01:00Z  –
        half     50 %       400      400  <release 2> settled  <commit> 2026-01-01T00:00Z  –
        rest    100 %       500      500  <release 2> settled  <commit> 2026-01-01T00:00Z  –
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
        wave    up to  clusters  devices  runs                   since          gate
        canary   10 %       100      100  <release 2> settled  not committed  –
        half     50 %       400      400  <release 2> settled  not committed  –
        rest    100 %       500      500  <release 2> settled  not committed  –
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
      class mini-pc: wave half takes over <release 2> (400 clusters, 400 devices): look at wave canary, then run breakwater promote hello
    "
  `);
  expect((await run(repo.folder, ['synth', '--check'])).status).toBe(0);
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
