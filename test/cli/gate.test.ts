import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/gate/evidence.ts';
import { evidenceOf, gatedCanary as withCanary, writeEvidence } from './gated.ts';
import { repository, type Repository } from './repository.ts';
import { run } from './run.ts';

const now = () => Date.parse('2026-01-02T00:00:00Z');

const judge = (repo: Repository, ...more: string[]) =>
  run(repo.folder, ['gate', 'hello', '--wave', 'canary', '--evidence', 'evidence.json', ...more], { now });

const plain = (text: string): string => text.replaceAll(/\b[rv][0-9a-f]{12}\b/g, '<id>');

test('a healthy canary passes, a faulty one fails, and one of which a slice is missing is insufficient', async () => {
  const repo = await withCanary();
  const healthy = evidenceOf(repo, 4);

  writeEvidence(repo, healthy);
  const passed = await judge(repo);
  expect({ status: passed.status, stderr: passed.stderr }).toEqual({ status: 0, stderr: '' });
  expect(plain(passed.stdout)).toMatchInlineSnapshot(`
    "hello wave canary: PASS: class mini-pc: inference errors: 0.4 % of requests failed, 0.4 % in the control: log odds of a bad release -17.28, at -5.29 it may go on

      class mini-pc: <id> against <id>: PASS
        workload   metric   verdict  why
        inference  errors   PASS     0.4 % of requests failed, 0.4 % in the control: log odds of a bad release -17.28, at -5.29 it may go on
        inference  overdue  PASS     0.533 % of devices are overdue, 0.533 % in the control: log odds of a bad release -36.21, at -5.29 it may go on
        inference  ceiling  PASS     0.4 % of requests failed, not above the ceiling of 5 %
    "
  `);

  writeEvidence(repo, evidenceOf(repo, 20));
  const failed = await judge(repo);
  expect(failed.status).toBe(1);
  expect(plain(failed.stdout)).toMatchInlineSnapshot(`
    "hello wave canary: FAIL: class mini-pc: inference errors: 2 % of requests failed, 0.4 % in the control: log odds of a bad release 70.13, at 5.70 it is rolled back

      class mini-pc: <id> against <id>: FAIL
        workload   metric   verdict  why
        inference  errors   FAIL     2 % of requests failed, 0.4 % in the control: log odds of a bad release 70.13, at 5.70 it is rolled back
        inference  overdue  PASS     0.533 % of devices are overdue, 0.533 % in the control: log odds of a bad release -36.21, at -5.29 it may go on
        inference  ceiling  PASS     2 % of requests failed, not above the ceiling of 5 %
    "
  `);

  writeEvidence(repo, { ...healthy, rows: healthy.rows.slice(1) });
  const insufficient = await judge(repo, '--format', 'json');
  expect(insufficient.status).toBe(4);
  expect(JSON.parse(insufficient.stdout)).toMatchObject({
    verdict: 'INSUFFICIENT',
    wave: 'canary',
    recorded: [],
  });
});

test('--record writes down evidence and verdict, the same bytes for the same evidence in any order', async () => {
  const repo = await withCanary();
  const healthy = evidenceOf(repo, 4);
  writeEvidence(repo, healthy);
  const { status, stdout } = await judge(repo, '--record', '--format', 'json');
  const { recorded, classes } = JSON.parse(stdout) as { recorded: string[]; classes: { release: string }[] };
  expect(status).toBe(0);
  expect(recorded).toEqual([`fleets/rollouts/hello/mini-pc/${classes[0]!.release}/canary.json`]);
  const read = (): string => readFileSync(join(repo.folder, recorded[0]!), 'utf8');
  const text = read();
  const record = JSON.parse(text) as { digest: string };
  expect(record).toMatchObject({ verdict: 'PASS', class: 'mini-pc', wave: 'canary' });
  expect(record.digest).toMatch(/^sha256:[0-9a-f]{64}$/);

  writeEvidence(repo, { ...healthy, rows: healthy.rows.toReversed() });
  const again = await judge(repo, '--record', '--format', 'json');
  expect(JSON.parse(again.stdout)).toMatchObject({ recorded: [] });
  expect(read()).toBe(text);

  writeEvidence(repo, evidenceOf(repo, 20));
  expect((await judge(repo, '--record')).status).toBe(1);
  const other = JSON.parse(read()) as { digest: string };
  expect(other).toMatchObject({ verdict: 'FAIL' });
  expect(other.digest).not.toBe(record.digest);
  // What is written down is in nobody's way.
  expect((await run(repo.folder, ['synth', '--check'], { now })).status).toBe(0);
  expect((await run(repo.folder, ['rollback', 'hello', '--reason', 'the gate failed'], { now })).status).toBe(
    0,
  );
});

test('people gate a fleet that says so: there is no evidence to judge', async () => {
  const repo = repository();
  await run(repo.folder, ['synth'], { now });
  const { status, stderr } = await run(
    repo.folder,
    ['gate', 'hello', '--wave', 'canary', '--evidence', 'evidence.json'],
    { now },
  );
  expect(status).toBe(2);
  expect(stderr).toMatchInlineSnapshot(`
    "error[GATE_HUMAN]: fleet hello declares gate: { by: 'human' }: people look at each wave, no evidence is judged
      fix: look at the wave, then run breakwater promote hello or breakwater rollback hello --reason TEXT
    "
  `);
});

test('without --record nothing is written', async () => {
  const repo = await withCanary();
  writeEvidence(repo, evidenceOf(repo, 4));
  await judge(repo);
  expect(existsSync(join(repo.folder, 'fleets/rollouts'))).toBe(false);
});

describe('what is no evidence is an error', () => {
  test.each([
    ['no JSON', () => '{ "rows": [, }'],
    ['negative counters', (of: Evidence) => ({ ...of, rows: [{ ...of.rows[0], bad: -1, overdue: -2 }] })],
    ['a misspelt count', (of: Evidence) => ({ ...of, rows: [{ ...of.rows[0], bad: undefined, badd: 1 }] })],
    ['a row twice', (of: Evidence) => ({ ...of, rows: [of.rows[0], ...of.rows] })],
    ['of another fleet', (of: Evidence) => ({ ...of, fleet: 'other' })],
  ])('%s', async (_what, make) => {
    const repo = await withCanary();
    writeEvidence(repo, make(evidenceOf(repo, 4)));
    const { status, stdout, stderr } = await judge(repo);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error\[EVIDENCE\]: .*\n(?:.*\n)*  fix: /);
  });

  test('a file that is not there, a wave that is not there, a wave without a new release', async () => {
    const repo = await withCanary();
    const said: string[] = [];
    said.push((await judge(repo)).stderr);
    writeEvidence(repo, evidenceOf(repo, 4));
    for (const wave of ['canry', 'rest']) {
      const { status, stderr } = await run(
        repo.folder,
        ['gate', 'hello', '--wave', wave, '--evidence', 'evidence.json'],
        { now },
      );
      expect(status).toBe(2);
      said.push(stderr);
    }
    expect(said).toMatchInlineSnapshot(`
      [
        "error[FILE_READ]: evidence.json is not there
        fix: correct the path
      ",
        "error[WAVE_UNKNOWN]: fleet hello has no wave "canry"
        fix: name one of canary, half, rest
      ",
        "error[NOTHING_TO_JUDGE]: wave rest of fleet hello runs the settled release in every class
        fix: name a wave that runs a new release: see breakwater status
      ",
      ]
    `);
  });
});
