import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOf, type GateRecord } from '../../src/gate/record.ts';
import { at, named, ok } from './canary.ts';
import { evidenceOf, gatedCanary, writeEvidence } from './gated.ts';
import type { Repository } from './repository.ts';
import { run } from './run.ts';

/** The canary is committed at midnight and soaks a day. */
const DUE = '2026-01-02T00:10:00Z';

async function canary(): Promise<Repository> {
  const repo = await gatedCanary();
  repo.commit('2026-01-01T00:05:00Z');
  return repo;
}

/** Judge a wave on evidence that ends now, and write it down. */
async function record(
  repo: Repository,
  badOfThousand: number,
  { wave = 'canary', time = DUE }: { wave?: string; time?: string } = {},
): Promise<string> {
  writeEvidence(repo, evidenceOf(repo, badOfThousand, time));
  const argv = ['gate', 'hello', '--wave', wave, '--evidence', 'evidence.json', '--record'];
  const { stdout, stderr } = await run(repo.folder, [...argv, '--format', 'json'], at(time));
  expect(stderr).toBe('');
  const { recorded } = JSON.parse(stdout) as { recorded: string[] };
  return join(repo.folder, recorded[0]!);
}

const edited = (file: string, change: (record: GateRecord) => object): void =>
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as GateRecord)));

async function refusal(repo: Repository, ...more: string[]): Promise<string> {
  const before = readFileSync(join(repo.folder, 'fleets/hello.rollout.json'), 'utf8');
  const { status, stdout, stderr } = await run(repo.folder, ['promote', 'hello', ...more], at(DUE));
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(readFileSync(join(repo.folder, 'fleets/hello.rollout.json'), 'utf8')).toBe(before);
  return named()(stderr);
}

describe('promote', () => {
  test('demands a recorded PASS, which serves for all parts of the wave that takes over', async () => {
    const repo = await canary();
    expect(await refusal(repo)).toMatchInlineSnapshot(`
      "error[GATE_MISSING]: class mini-pc: nothing is recorded of <release 1> on wave canary: there is no fleets/rollouts/hello/mini-pc/<release 1>/canary.json
        fix: run breakwater gate hello --wave canary --record and commit what it writes, or write down why not to: --override REASON
      "
    `);
    await record(repo, 4);
    repo.commit('2026-01-02T00:10:00Z');
    const wave: string[] = [];
    for (const hour of [1, 2, 3]) {
      const time = `2026-01-02T0${hour}:10:00Z`;
      const json = await ok(run(repo.folder, ['promote', 'hello', '--format', 'json'], at(time)));
      wave.push(...(JSON.parse(json) as { moves: { wave: string }[] }).moves.map((move) => move.wave));
      repo.commit(time);
    }
    expect(wave).toEqual(['half', 'half', 'half']);
    // The next wave asks for a record of its own.
    const late = at('2026-01-04T00:00:00Z');
    const { status, stderr } = await run(repo.folder, ['promote', 'hello'], late);
    expect(status).toBe(2);
    expect(stderr).toContain('error[GATE_MISSING]: class mini-pc: nothing is recorded of r');
    expect(stderr).toContain('/half.json');
    await record(repo, 4, { wave: 'half', time: '2026-01-04T00:00:00Z' });
    await ok(run(repo.folder, ['promote', 'hello'], late));
  });

  test('is refused by FAIL and by INSUFFICIENT, and told what to do', async () => {
    const repo = await canary();
    await record(repo, 20);
    expect(await refusal(repo)).toMatchInlineSnapshot(`
      "error[GATE_FAILED]: class mini-pc: wave canary: FAIL: inference errors: 2 % of requests failed, 0.4 % in the control: log odds of a bad release 70.13, at 5.70 it is rolled back
        fix: run breakwater rollback hello --class mini-pc --reason TEXT, or write down why not to: --override REASON
      "
    `);
    await record(repo, 8);
    expect(await refusal(repo)).toMatchInlineSnapshot(`
      "error[GATE_INSUFFICIENT]: class mini-pc: wave canary: INSUFFICIENT: inference errors: 0.8 % of requests failed, 0.4 % in the control: log odds of a bad release 4.57, -7.34 by the baseline: between -5.29 and 5.70 nothing is decided
        fix: wait for more evidence; then run breakwater gate hello --wave canary --record and commit what it writes, or write down why not to: --override REASON
      "
    `);
  });

  const stale: readonly (readonly [string, (repo: Repository, file: string) => unknown])[] = [
    ['was edited', (_repo, file) => edited(file, (of) => ({ ...of, verdict: 'PASS', reason: 'I looked' }))],
    ['is no record', (_repo, file) => writeFileSync(file, '{ "verdict": "PASS" }')],
    ['is no JSON', (_repo, file) => writeFileSync(file, 'PASS')],
    [
      'is of another release',
      (_repo, file) =>
        edited(file, (of) => {
          // oxlint-disable-next-line no-unused-vars -- left out of what is hashed
          const { digest, ...other } = { ...of, release: 'r000000000000' };
          return { ...other, digest: digestOf(other) };
        }),
    ],
    [
      'is of another gate',
      async (repo) => {
        const fleet = join(repo.folder, 'fleets/hello.ts');
        writeFileSync(fleet, readFileSync(fleet, 'utf8').replace(/(gate: .*)detect: 0.01/, '$1detect: 0.02'));
        await ok(run(repo.folder, ['synth'], at(DUE)));
        repo.commit(DUE);
      },
    ],
    [
      'is of other slices',
      async (repo) => {
        const fleet = join(repo.folder, 'fleets/hello.ts');
        writeFileSync(fleet, readFileSync(fleet, 'utf8').replace('percent: 10,', 'percent: 5,'));
        await ok(run(repo.folder, ['synth'], at(DUE)));
        repo.commit(DUE);
      },
    ],
  ];
  test.each(stale)('does not believe a record that %s', async (_what, spoil) => {
    const repo = await canary();
    await spoil(repo, await record(repo, 4));
    expect(await refusal(repo)).toContain('error[GATE_STALE]: class mini-pc: fleets/rollouts/hello/mini-pc/');
  });

  test('says of a stale record what differs', async () => {
    const said: string[] = [];
    for (const [, spoil] of stale) {
      const repo = await canary();
      await spoil(repo, await record(repo, 4));
      said.push(/json (.*)/.exec(await refusal(repo))![1]!);
    }
    expect(said).toMatchInlineSnapshot(`
      [
        "was edited: its digest is not that of its content",
        "is no record of a gate",
        "is no record of a gate",
        "is about another release: <release 2>, and now it is <release 1>",
        "is about another gate: detect 0.01, and now it is 0.02",
        "is about another part of the wave: p000.01 to p010.00, and now it is p000.01 to p005.00",
      ]
    `);
  });

  test('does not believe evidence from before the last move, or from before the soak was over', async () => {
    const repo = await canary();
    await record(repo, 4, { time: '2026-01-01T12:00:00Z' });
    expect(await refusal(repo)).toMatchInlineSnapshot(`
      "error[GATE_STALE]: class mini-pc: fleets/rollouts/hello/mini-pc/<release 1>/canary.json ends at 2026-01-01T12:00:00.000Z, before the soak of wave canary was over at 2026-01-02T00:05:00.000Z
        fix: run breakwater gate hello --wave canary --record and commit what it writes, or write down why not to: --override REASON
      "
    `);
    await ok(run(repo.folder, ['promote', 'hello', '--early', 'an outage'], at('2026-01-01T12:30:00Z')));
    // Back, and on the canary again: what was seen the first time counts no more.
    await ok(run(repo.folder, ['rollback', 'hello', '--reason', 'x'], at('2026-01-01T13:00:00Z')));
    const rollout = readFileSync(join(repo.folder, 'fleets/hello.rollout.json'), 'utf8');
    const release = /"release": "(r[0-9a-f]{12})"/.exec(rollout)![1]!;
    repo.commit('2026-01-01T13:00:00Z');
    await ok(run(repo.folder, ['retry', 'hello', release], at('2026-01-01T14:00:00Z')));
    repo.commit('2026-01-01T14:00:00Z');
    const { stderr } = await run(repo.folder, ['promote', 'hello'], at('2026-01-02T15:00:00Z'));
    expect(named()(stderr)).toMatchInlineSnapshot(`
      "error[GATE_STALE]: class mini-pc: fleets/rollouts/hello/mini-pc/<release 1>/canary.json ends at 2026-01-01T12:00:00.000Z, and the slices have moved at 2026-01-01T14:00:00.000Z
        fix: run breakwater gate hello --wave canary --record and commit what it writes, or write down why not to: --override REASON
      "
    `);
  });

  test('goes on against the gate only with a reason, which is written down with what spoke against it', async () => {
    const repo = await canary();
    await record(repo, 20);
    const argv = ['promote', 'hello', '--override', 'one broken camera'];
    expect(named()(await ok(run(repo.folder, argv, at(DUE))))).toMatchInlineSnapshot(`
      "hello: about 4,500 clusters, 4,500 devices follow within 10m of the push

        class    wave  slices              release                         clusters  devices
        mini-pc  half  p015.00 to p025.00  <release 1> -> <release 2>     4,500    4,500

        note: class mini-pc: 5 of 8 slices of wave half stay for the next call: maxDevicesPerPromotion is 5000
        note: class mini-pc: goes on, because of one broken camera, in spite of this: wave canary: FAIL: inference errors: 2 % of requests failed, 0.4 % in the control: log odds of a bad release 70.13, at 5.70 it is rolled back

      to make it so
        git add fleets/hello.rollout.json generated/hello
        git commit -m 'Promote hello: half gets <release 2>'
        git push

      next
        class mini-pc: wave half takes over <release 2> (4,500 clusters, 4,500 devices): parts of wave half are 1h apart, and has run <release 2> for 0s: due 2026-01-02T01:10:00.000Z
      "
    `);
    const rollout = readFileSync(join(repo.folder, 'fleets/hello.rollout.json'), 'utf8');
    expect(named()(rollout.split('\n').find((line) => line.includes('against'))!)).toMatchInlineSnapshot(
      `"    { "class": "mini-pc", "wave": "half", "release": "<release 1>", "against": "gate", "reason": "one broken camera" }"`,
    );
    expect((await run(repo.folder, ['synth', '--check'], at(DUE))).status).toBe(0);
    expect(await ok(run(repo.folder, ['status', 'hello'], at(DUE)))).toMatch(
      /in spite of the gate: wave half took r[0-9a-f]{12} over: one broken camera/,
    );
  });
});

test('rollback needs no record, no network and nothing but a clone', async () => {
  const repo = await canary();
  for (const path of ['fleets/hello.ts', 'fleets/rollouts', 'package.json']) {
    rmSync(join(repo.folder, path), { recursive: true, force: true });
  }
  const argv = ['rollback', 'hello', '--reason', 'dark'];
  expect(await ok(run(repo.folder, argv, at('2026-01-01T00:06:00Z')))).toContain('3,000 devices follow');
});

test("status shows each wave's record, and what comes before the next promotion", async () => {
  const repo = await canary();
  const status = async (): Promise<string> =>
    named()(await ok(run(repo.folder, ['status', 'hello'], at(DUE))));
  expect(await status()).toMatchInlineSnapshot(`
    "hello: 30,000 clusters, 30,000 devices

      class mini-pc: wanted <release 1>, settled <release 2>
        wave    up to  clusters  devices  runs                   since                         gate
        canary   10 %     3,000    3,000  <release 1>          <commit> 2026-01-01T00:05Z  –
        half     50 %    12,000   12,000  <release 2> settled  <commit> 2026-01-01T00:00Z  –
        rest    100 %    15,000   15,000  <release 2> settled  <commit> 2026-01-01T00:00Z  –
        next: wave half takes over <release 1> (4,500 clusters, 4,500 devices): nothing is recorded of <release 1> on wave canary: there is no fleets/rollouts/hello/mini-pc/<release 1>/canary.json: run breakwater gate hello --wave canary --record and commit what it writes, or write down why not to: --override REASON
    "
  `);
  await record(repo, 20);
  expect(await status()).toContain('FAIL');
  const file = await record(repo, 4);
  expect(await status()).toMatchInlineSnapshot(`
    "hello: 30,000 clusters, 30,000 devices

      class mini-pc: wanted <release 1>, settled <release 2>
        wave    up to  clusters  devices  runs                   since                         gate
        canary   10 %     3,000    3,000  <release 1>          <commit> 2026-01-01T00:05Z  PASS
        half     50 %    12,000   12,000  <release 2> settled  <commit> 2026-01-01T00:00Z  –
        rest    100 %    15,000   15,000  <release 2> settled  <commit> 2026-01-01T00:00Z  –
        next: wave half takes over <release 1> (4,500 clusters, 4,500 devices): due, run breakwater promote hello
    "
  `);
  writeFileSync(file, '{}');
  expect(await status()).toContain('unreadable');
});
