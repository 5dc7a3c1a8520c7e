import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { project } from '../project.ts';
import { run } from './run.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Run a command as a user would, with nothing of the checkout in its environment. */
function command(cwd: string, ...[name, ...args]: [string, ...string[]]): string {
  const { status, stdout, stderr } = spawnSync(name, args, {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], npm_config_loglevel: 'error' },
  });
  expect({
    command: [name, ...args].join(' '),
    status,
    output: status === 0 ? '' : stdout + stderr,
  }).toMatchObject({
    status: 0,
  });
  return stdout;
}

test(
  'the package, installed into an empty folder, makes a fleet that compiles and passes',
  { timeout: 600_000 },
  () => {
    const packed = project({});
    command(root, 'npm', 'pack', '--ignore-scripts', '--pack-destination', packed);
    const [tarball] = readdirSync(packed);

    const folder = project({});
    const { version } = JSON.parse(
      readFileSync(join(root, 'node_modules/typescript/package.json'), 'utf8'),
    ) as { version: string };
    command(
      folder,
      ...(['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'] as const),
      join(packed, tarball!),
      `typescript@${version}`,
    );
    const made = command(folder, 'npx', '--no-install', 'breakwater', 'init');
    expect(made).toContain('created fleets/my-fleet.ts\n');
    expect(made).toContain('kept package.json\n');
    expect(command(folder, 'npx', '--no-install', 'breakwater', 'synth')).toContain(' created (files)');
    expect(command(folder, 'npx', '--no-install', 'breakwater', 'validate')).toContain(
      ': 0 errors, 0 warnings',
    );
    expect(command(folder, 'npx', '--no-install', 'breakwater', 'synth', '--check')).toBe('');
    command(folder, 'npx', '--no-install', 'tsc');
    command(folder, 'npx', '--no-install', 'breakwater', 'bootstrap', 'my-fleet', '--cluster', '0042');
  },
);

test('init keeps package.json, and names the copy that it was run from where there is none', async () => {
  const empty = project({});
  const { status, stdout } = await run(empty, ['init', 'cameras']);
  expect(status).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "created fleets/cameras.ts
    created package.json
    created tsconfig.json
    created .gitignore
    created .gitattributes
    created .github/hooks/pre-commit
    created .github/workflows/breakwater.yml

    next:
      npm install
      npx breakwater synth
      git init
      git config core.hooksPath .github/hooks
      git add . && git commit
    "
  `);
  const { dependencies } = JSON.parse(readFileSync(join(empty, 'package.json'), 'utf8')) as {
    dependencies: { breakwater: string };
  };
  expect(join(empty, dependencies.breakwater.replace('file:', ''), '/')).toBe(root);

  const kept = project({ 'package.json': '{ "name": "mine" }\n', 'tsconfig.json': '{}\n' });
  const second = await run(kept, ['init']);
  expect(second.stdout).toContain('kept package.json\nkept tsconfig.json\n');
  expect(second.stdout).toContain('  npm install ');
  expect(readFileSync(join(kept, 'package.json'), 'utf8')).toBe('{ "name": "mine" }\n');
});

test('init overwrites nothing: where a file is in the way it lists it and writes nothing at all', async () => {
  const folder = project({
    'fleets/my-fleet.ts': '// mine\n',
    '.github/workflows/breakwater.yml': '# mine\n',
  });
  const { status, stdout, stderr } = await run(folder, ['init']);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatchInlineSnapshot(`
    "error[OUTPUT_EXISTS]: init would overwrite fleets/my-fleet.ts, .github/workflows/breakwater.yml; nothing was written
      fix: move these files away, or name another fleet (breakwater init NAME)
    "
  `);
  expect(readdirSync(folder)).toEqual(['.github', 'fleets']);
});

test('init a second time writes only the new fleet: the rest is there as it would write it', async () => {
  const folder = project({});
  await run(folder, ['init']);
  expect((await run(folder, ['init', 'second'])).status).toBe(0);
  expect((await run(folder, ['init', 'Second!'])).stderr).toMatchInlineSnapshot(`
    "error[FLAG]: "Second!" cannot be a fleet's name
      fix: write lower-case letters, digits and hyphens, at most 63, not ending in -release
    "
  `);
});
