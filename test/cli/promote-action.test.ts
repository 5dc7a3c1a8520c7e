import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { runAction, type StepRun } from './action.ts';
import { named } from './canary.ts';
import { evidenceOf, gatedCanary, writeEvidence } from './gated.ts';
import type { Repository } from './repository.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const ACTION = join(root, '.github/actions/promote/action.yml');

function script(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** A canary whose soak was over long ago, a remote to push to, and a `gh` that writes down what it is called with. */
async function stood(): Promise<Repository> {
  const repo = await gatedCanary();
  writeFileSync(
    join(repo.folder, '.gitignore'),
    '.breakwater\nnode_modules\n.runner\nbin\nremote.git\nevidence.json\n',
  );
  script(
    join(repo.folder, 'node_modules/.bin/breakwater'),
    `#!/bin/sh\nexec '${process.execPath}' '${root}dist/cli/bin.js' "$@"\n`,
  );
  script(
    join(repo.folder, 'bin/gh'),
    '#!/bin/sh\nif [ "$2" = list ]; then cat "$RUNNER_TEMP/open.txt" 2>/dev/null || true; else echo "$@" >>"$RUNNER_TEMP/gh.txt"; fi\n',
  );
  repo.commit('2026-01-01T00:05:00Z');
  spawnSync('git', ['init', '--quiet', '--bare', join(repo.folder, 'remote.git')]);
  repo.git('remote', 'add', 'origin', join(repo.folder, 'remote.git'));
  return repo;
}

/** Run the Action where so many of a thousand requests fail on the canary, up to now. */
function act(repo: Repository, badOfThousand: number, inputs: Record<string, string> = {}): StepRun[] {
  writeEvidence(repo, evidenceOf(repo, badOfThousand, new Date().toISOString()));
  return runAction(
    ACTION,
    repo.folder,
    { 'inputs.fleet': 'hello', 'inputs.evidence': 'evidence.json', ...inputs },
    { PATH: `${join(repo.folder, 'bin')}:${process.env['PATH']}` },
  );
}

const statuses = (runs: readonly StepRun[]) => runs.map(({ name, status }) => [name, status]);
const left = (repo: Repository, file: string): string =>
  existsSync(join(repo.folder, '.runner', file))
    ? readFileSync(join(repo.folder, '.runner', file), 'utf8')
    : '';
const pushed = (repo: Repository, format: string): string =>
  repo.git('--git-dir=remote.git', 'log', '-1', `--format=${format}`, 'refs/heads/breakwater/hello').trim();

test('a canary that passes becomes a pull request with its evidence, and is not proposed twice', async () => {
  const repo = await stood();
  expect(statuses(act(repo, 4))).toEqual([
    ['Install', 0],
    ['Judge', 0],
    ['Move', 0],
    ['Propose', 0],
  ]);
  expect(named()(pushed(repo, '%an %s'))).toBe('breakwater Promote hello: half gets <release 1>');
  const files = repo.git('--git-dir=remote.git', 'show', '--format=', '--name-only', 'breakwater/hello');
  expect(named()(files)).toMatch(/^fleets\/hello\.rollout\.json$/m);
  expect(named()(files)).toMatch(/^fleets\/rollouts\/hello\/mini-pc\/<release 1>\/canary\.json$/m);
  expect(left(repo, 'gh.txt')).toContain(
    'pr create --head breakwater/hello --title Promote hello: half gets',
  );
  expect(left(repo, 'breakwater/body.md')).toContain('wave canary: PASS: class mini-pc: inference errors');

  const commit = pushed(repo, '%H');
  const title = pushed(repo, '%s');
  repo.git('checkout', '--quiet', 'main');
  writeFileSync(join(repo.folder, '.runner/open.txt'), title);
  expect(statuses(act(repo, 4)).at(-1)).toEqual(['Propose', 0]);
  expect(pushed(repo, '%H')).toBe(commit);
});

test('a canary that fails becomes a rollback with its reason, and takes the place of a promotion', async () => {
  const repo = await stood();
  act(repo, 4);
  repo.git('checkout', '--quiet', 'main');
  writeFileSync(join(repo.folder, '.runner/open.txt'), pushed(repo, '%s'));
  act(repo, 30, { 'inputs.merge-rollbacks': 'true' });
  expect(pushed(repo, '%s')).toBe('Roll hello back: the gate failed');
  const rollout = repo.git('--git-dir=remote.git', 'show', 'breakwater/hello:fleets/hello.rollout.json');
  expect(rollout).toContain('"reason": "the gate failed: inference errors: 3 % of requests failed');
  expect(left(repo, 'gh.txt')).toContain('pr edit breakwater/hello --title Roll hello back: the gate failed');
  expect(left(repo, 'gh.txt')).toContain('pr merge breakwater/hello --auto --merge');
});

test('evidence that does not suffice proposes nothing', async () => {
  const repo = await stood();
  const runs = act(repo, 8);
  expect(statuses(runs)).toEqual([
    ['Install', 0],
    ['Judge', 0],
    ['Move', 0],
    ['Propose', undefined],
  ]);
  expect(runs[1]!.output).toContain('wave canary: INSUFFICIENT');
  expect(left(repo, 'gh.txt')).toBe('');
});

test('a wave that still soaks is judged, and nothing is proposed', async () => {
  const repo = await stood();
  repo.git('commit', '--amend', '--quiet', '--no-edit', '--date=now');
  const runs = act(repo, 4);
  expect(statuses(runs).at(-1)).toEqual(['Propose', undefined]);
  expect(runs[2]!.output).toContain('error[SOAK]');
});

test('evidence that cannot be read fails the run, and moves nothing', async () => {
  const repo = await stood();
  const runs = act(repo, 4, { 'inputs.evidence': 'nothing.json' });
  expect(statuses(runs).at(-1)).toEqual(['Judge', 2]);
  expect(runs.at(-1)!.output).toContain('error[FILE_READ]');
});

test('the workflow looks every quarter of an hour, at whole histories, and passes what the action takes', () => {
  const read = (path: string) => parse(readFileSync(join(root, path), 'utf8')) as Record<string, never>;
  const workflow = read('.github/workflows/promote.yml') as unknown as {
    on: { schedule: [{ cron: string }] };
    jobs: { promote: { steps: { uses?: string; with?: Record<string, unknown> }[] } };
  };
  const { inputs } = read('.github/actions/promote/action.yml') as unknown as { inputs: object };
  expect(workflow.on.schedule).toEqual([{ cron: '*/15 * * * *' }]);
  const { steps } = workflow.jobs.promote;
  expect(steps[0]!.with).toEqual({ 'fetch-depth': 0 });
  expect(steps.at(-1)!.uses).toBe('./node_modules/breakwater/.github/actions/promote');
  expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(steps.at(-1)!.with!)));
});
