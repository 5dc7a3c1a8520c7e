import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors.ts';
import type { ExitStatus } from './io.ts';
import { defineVerb } from './verb.ts';
import { packageRoot } from './version.ts';

/** Write a first fleet and what surrounds it. Overwrites nothing: writes all of it or nothing at all. */
export const init = defineVerb<[fleet: string], object>({
  name: 'init',
  summary: 'write a first fleet, hook and workflow into this folder',
  description:
    'Write a first fleet that passes validate, package.json, tsconfig.json, a pre-commit hook and a workflow into this folder, which may be empty or a repository. Nothing is overwritten: package.json, tsconfig.json, .gitignore and .gitattributes that are there stay as they are, any other file that is there stops it before anything is written.',
  examples: ['init', 'init store-cameras'],
  declare: (command) => command.argument('[fleet]', 'name of the first fleet', 'my-fleet'),

  async run([fleet], _options, io): Promise<ExitStatus> {
    if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(fleet) || fleet.endsWith('-release')) {
      throw new UserError(
        'FLAG',
        `${JSON.stringify(fleet)} cannot be a fleet's name`,
        'write lower-case letters, digits and hyphens, at most 63, not ending in -release',
      );
    }
    const { initFiles } = await import('./init/files.ts');
    const { dependencyIn, ownDependency } = await import('./init/dependency.ts');
    const dependency = ownDependency(fileURLToPath(packageRoot).replace(/[\\/]$/, ''), io.cwd);
    const files = initFiles(fleet, dependency);
    const there = files.filter(({ path }) => existsSync(join(io.cwd, path)));
    const inTheWay = there.filter(
      ({ path, text, keep }) => keep !== true && readFileSync(join(io.cwd, path), 'utf8') !== text,
    );
    if (inTheWay.length > 0) {
      throw new UserError(
        'OUTPUT_EXISTS',
        `init would overwrite ${inTheWay.map(({ path }) => path).join(', ')}; nothing was written`,
        'move these files away, or name another fleet (breakwater init NAME)',
      );
    }
    const missing = files.filter((file) => !there.includes(file));
    for (const { path, text, executable } of missing) {
      const file = join(io.cwd, path);
      mkdirSync(dirname(file), { recursive: true });
      // `wx`: not even a file that appeared meanwhile is overwritten.
      writeFileSync(file, text, { flag: 'wx' });
      if (executable === true) chmodSync(file, 0o755);
    }
    io.stdout(missing.map(({ path }) => `created ${path}\n`).join(''));
    io.stdout(there.map(({ path }) => `kept ${path}\n`).join(''));
    io.stdout(`\nnext:\n${nextSteps(io.cwd, dependency, dependencyIn(io.cwd) === undefined)}`);
    return 0;
  },
});

/** What the user does now, a command a line. */
function nextSteps(cwd: string, dependency: string, undeclared: boolean): string {
  const installed = existsSync(join(cwd, 'node_modules/breakwater'));
  const spec = dependency.replace(/^file:/, '');
  return [
    ...(undeclared ? [`npm install ${spec}`] : installed ? [] : ['npm install']),
    'npx breakwater synth',
    ...(isRepository(cwd) ? [] : ['git init']),
    'git config core.hooksPath .github/hooks',
    'git add . && git commit',
  ]
    .map((line) => `  ${line}\n`)
    .join('');
}

const isRepository = (cwd: string): boolean => readdirSync(cwd).includes('.git');
