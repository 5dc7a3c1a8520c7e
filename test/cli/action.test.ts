import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { runAction } from './action.ts';
import { repository, type Repository } from './repository.ts';
import { run } from './run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const ACTION = join(root, '.github/actions/validate/action.yml');

function script(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

/** A repository in which `npm ci` has run: its breakwater is the one that was built here. */
async function installed(): Promise<Repository> {
  const repo = repository();
  script(
    join(repo.folder, 'node_modules/.bin/breakwater'),
    `#!/bin/sh\nexec '${process.execPath}' '${root}dist/cli/bin.js' "$@"\n`,
  );
  writeFileSync(join(repo.folder, '.gitignore'), '.breakwater\nnode_modules\n.runner\nbin\n');
  await run(repo.folder, ['synth']);
  repo.commit('2026-01-01T00:00:00Z');
  return repo;
}

function edit({ folder }: Repository, from: string, to: string): void {
  const file = join(folder, 'fleets/hello.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
}

/** Run the Action on a pull request against the commit before; `gh` writes down what it is called with. */
function onPullRequest(repo: Repository) {
  script(join(repo.folder, 'bin/gh'), '#!/bin/sh\necho "$@" >"$RUNNER_TEMP/gh.txt"\n');
  return runAction(
    ACTION,
    repo.folder,
    {
      'github.event.pull_request.base.sha': repo.git('rev-parse', 'HEAD~1').trim(),
      'github.event.pull_request.number': '7',
    },
    { PATH: `${join(repo.folder, 'bin')}:${process.env['PATH']}` },
  );
}

const statuses = (runs: ReturnType<typeof runAction>) => runs.map(({ name, status }) => [name, status]);
const left = (repo: Repository, file: string) => readFileSync(join(repo.folder, '.runner', file), 'utf8');

test('the Action passes a good pull request, uploads SARIF and comments what changes', async () => {
  const repo = await installed();
  edit(repo, "memory: '512Mi'", "memory: '640Mi'");
  await run(repo.folder, ['synth']);
  repo.commit('2026-01-02T00:00:00Z');
  const runs = onPullRequest(repo);
  expect(statuses(runs)).toEqual([
    ['Install', 0],
    ['Fetch what to compare with', 0],
    ['Validate', 0],
    ['Report', 0],
    ['Upload findings', undefined],
    ['Comment', 0],
    ['Verdict', 0],
  ]);
  expect(runs[4]?.with).toEqual({
    sarif_file: join(repo.folder, '.runner/breakwater.sarif'),
    category: 'breakwater',
  });
  expect((JSON.parse(left(repo, 'breakwater.sarif')) as { version: string }).version).toBe('2.1.0');
  expect(left(repo, 'gh.txt')).toContain('pr comment 7 --edit-last --create-if-none --body-file');
  const comment = left(repo, 'breakwater-comment.md');
  expect(comment).toContain('### Breakwater: nothing to stop this');
  expect(comment).toMatch(/^### hello: 100 devices change now$/m);
  expect(comment).toContain('| wave | up to | clusters | devices |');
  expect(comment).not.toContain('does not follow');
  expect(left(repo, 'summary.md')).toContain('### Breakwater');
});

test('the Action shows findings before it fails on them', async () => {
  const repo = await installed();
  edit(repo, "salt: 'hello-1'", "salt: 'hello-2'");
  repo.commit('2026-01-02T00:00:00Z');
  const runs = onPullRequest(repo);
  expect(statuses(runs).slice(-2)).toEqual([
    ['Comment', 0],
    ['Verdict', 1],
  ]);
  expect(left(repo, 'breakwater-comment.md')).toContain('### Breakwater: 1 error');
});

test('the Action refuses a generated/ that does not follow from its fleets', async () => {
  const repo = await installed();
  edit(repo, "memory: '512Mi'", "memory: '640Mi'");
  repo.commit('2026-01-02T00:00:00Z');
  const runs = onPullRequest(repo);
  expect(runs.at(-1)).toMatchObject({ name: 'Verdict', status: 1 });
  expect(left(repo, 'breakwater-comment.md')).toContain('### `generated/` does not follow from `fleets/`');
});

test('the Action stops at once where a fleet does not load', async () => {
  const repo = await installed();
  edit(repo, 'defineFleet({', 'defineFleet(({');
  repo.commit('2026-01-02T00:00:00Z');
  const runs = onPullRequest(repo);
  expect(runs.at(-1)).toMatchObject({ name: 'Validate', status: 2 });
  expect(runs.at(-1)?.output).toContain('error[FLEET_LOAD]');
});

/** Install the hook, and commit. */
function commitWithHook(repo: Repository): { readonly status: number | null; readonly stderr: string } {
  mkdirSync(join(repo.folder, '.git/hooks'), { recursive: true });
  copyFileSync(join(root, '.github/hooks/pre-commit'), join(repo.folder, '.git/hooks/pre-commit'));
  return spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-m', 'change'], {
    cwd: repo.folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: repo.folder, GIT_CONFIG_NOSYSTEM: '1' },
  });
}

test('the hook lets a commit pass whose generated/ follows from its fleets', async () => {
  const repo = await installed();
  edit(repo, "memory: '512Mi'", "memory: '640Mi'");
  await run(repo.folder, ['synth']);
  repo.git('add', '--all');
  expect(commitWithHook(repo)).toMatchObject({ status: 0 });
});

test('the hook refuses a commit whose generated/ is stale, or not staged', async () => {
  const repo = await installed();
  edit(repo, "memory: '512Mi'", "memory: '640Mi'");
  repo.git('add', '--all');
  expect(commitWithHook(repo)).toMatchObject({ status: 1 });
  await run(repo.folder, ['synth']);
  const { status, stderr } = commitWithHook(repo);
  expect(status).toBe(1);
  expect(stderr).toContain('error: these files differ from what is staged:\n');
  expect(stderr).toContain('fix: git add fleets generated, or stash them');
});

test('the hook looks at nothing where fleets are not touched', async () => {
  const repo = await installed();
  rmSync(join(repo.folder, 'node_modules'), { recursive: true });
  writeFileSync(join(repo.folder, 'notes.md'), 'notes\n');
  repo.git('add', 'notes.md');
  expect(commitWithHook(repo)).toMatchObject({ status: 0 });
});

test('the hooks for pre-commit name verbs that there are', () => {
  const hooks = parse(readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8')) as {
    id: string;
    entry: string;
  }[];
  expect(hooks.map(({ id, entry }) => [id, entry])).toEqual([
    ['breakwater-validate', 'breakwater validate --against HEAD'],
    ['breakwater-synth', 'breakwater synth --check'],
  ]);
});

test('workflows are YAML, and what publishes keeps generated/ at the root of the artifact', () => {
  const read = (name: string) =>
    parse(readFileSync(join(root, '.github/workflows', name), 'utf8')) as Workflow;
  interface Workflow {
    readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
  }
  expect(Object.keys(read('ci.yml').jobs)).toContain('check');
  const push = read('publish-oci.yml').jobs['publish']!.steps.at(-1)!.run!;
  expect(push).toContain('cp -R generated "$RUNNER_TEMP/artifact/generated"');
  expect(push).toContain('flux push artifact');
});
