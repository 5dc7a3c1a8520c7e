import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Evidence, EvidenceRow } from '../../src/gate/evidence.ts';
import { parseState } from '../../src/plan/state-file.ts';
import type { PlanFile } from '../../src/plan/plan.ts';
import { helloFiles, repository, type Repository } from './repository.ts';
import { run } from './run.ts';

const now = () => Date.parse('2026-01-02T00:00:00Z');

const GATE =
  "gate: { baseline: 0.005, detect: 0.01, alpha: 0.01, beta: 0.01, ceiling: 0.05, window: '10m', overdueAfter: '6h' }";

/** A fleet large enough for statistics, with a first release everywhere and a second one on the canary. */
async function withCanary(): Promise<Repository> {
  const files = helloFiles();
  const fleet = files['fleets/hello.ts']!.replace('clusters: 1_000,', 'clusters: 30_000,')
    .replace(/budget: \{[^}]*\}/, 'budget: { maxHarmedDevices: 5_000, maxDevicesPerPromotion: 5_000 }')
    .replace(/gate: \{ by[^}]*\}/, GATE);
  const repo = repository({ ...files, 'fleets/hello.ts': fleet });
  const first = await run(repo.folder, ['synth'], { now });
  expect(first).toMatchObject({ status: 0, stderr: '' });
  repo.commit('2026-01-01T00:00:00Z');
  writeFileSync(join(repo.folder, 'fleets/hello.ts'), fleet.replace("memory: '512Mi'", "memory: '640Mi'"));
  const { status, stderr } = await run(repo.folder, ['synth'], { now });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return repo;
}

/** What every slice shows, where so many of a thousand requests fail on the new release. */
function evidenceOf({ folder }: Repository, badOfThousand: number): Evidence {
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const plan = JSON.parse(read('generated/hello/plan.json')) as PlanFile;
  const state = parseState(read('fleets/hello.rollout.json'), 'fleets/hello.rollout.json');
  const rows = Object.entries(state.classes).flatMap(([name, { pointers, settled }]) =>
    plan.slices.map((slice): EvidenceRow => {
      const { runs } = pointers[slice.name]!;
      const { versions } = JSON.parse(read(`generated/hello/releases/${name}/${runs}/release.json`)) as {
        versions: Record<string, string>;
      };
      const { devices } = slice.classes[name]!;
      const overdue = Math.round(devices * 0.005);
      const reported = devices - overdue;
      const bad = runs === settled ? 4 : badOfThousand;
      return {
        class: name,
        slice: slice.name,
        workload: 'inference',
        version: versions['inference']!,
        from: '2026-01-01T00:00:00Z',
        to: '2026-01-02T00:00:00Z',
        assigned: devices,
        reported,
        overdue,
        ok: reported * (1000 - bad),
        bad: reported * bad,
      };
    }),
  );
  return { schemaVersion: 1, fleet: 'hello', rows };
}

function writeEvidence({ folder }: Repository, evidence: unknown): void {
  writeFileSync(
    join(folder, 'evidence.json'),
    typeof evidence === 'string' ? evidence : JSON.stringify(evidence),
  );
}

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
    "hello wave canary: PASS: class mini-pc: inference errors: 0.4 % of requests failed, 0.4 % in the control: log odds of a bad release -8.65, at -5.29 it may go on

      class mini-pc: <id> against <id>: PASS
        workload   metric   verdict  why
        inference  errors   PASS     0.4 % of requests failed, 0.4 % in the control: log odds of a bad release -8.65, at -5.29 it may go on
        inference  overdue  PASS     0.533 % of devices are overdue, 0.533 % in the control: log odds of a bad release -36.21, at -5.29 it may go on
        inference  ceiling  PASS     0.4 % of requests failed, not above the ceiling of 5 %
    "
  `);

  writeEvidence(repo, evidenceOf(repo, 20));
  const failed = await judge(repo);
  expect(failed.status).toBe(1);
  expect(plain(failed.stdout)).toMatchInlineSnapshot(`
    "hello wave canary: FAIL: class mini-pc: inference errors: 2 % of requests failed, 0.4 % in the control: log odds of a bad release 35.10, at 5.70 it is rolled back

      class mini-pc: <id> against <id>: FAIL
        workload   metric   verdict  why
        inference  errors   FAIL     2 % of requests failed, 0.4 % in the control: log odds of a bad release 35.10, at 5.70 it is rolled back
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
  const record = JSON.parse(text) as { inputs: string };
  expect(record).toMatchObject({ verdict: 'PASS', class: 'mini-pc', wave: 'canary' });
  expect(record.inputs).toMatch(/^sha256:[0-9a-f]{64}$/);

  writeEvidence(repo, { ...healthy, rows: healthy.rows.toReversed() });
  const again = await judge(repo, '--record', '--format', 'json');
  expect(JSON.parse(again.stdout)).toMatchObject({ recorded: [] });
  expect(read()).toBe(text);

  writeEvidence(repo, evidenceOf(repo, 20));
  expect((await judge(repo, '--record')).status).toBe(1);
  const other = JSON.parse(read()) as { inputs: string };
  expect(other).toMatchObject({ verdict: 'FAIL' });
  expect(other.inputs).not.toBe(record.inputs);
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
