// Makes a fresh clone, or one whose sources or lock file changed, ready to run: installs, then builds.
// Plain JavaScript, since nothing else can run before it. Prints only when it does something.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const force = process.argv.includes('--build');

function run(what, command, ...args) {
  process.stderr.write(`${what}\n`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    process.stderr.write(`error: ${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}\n`);
    process.exit(2);
  }
}

/** Digest of files and of everything in folders, by path and content. */
function digest(...paths) {
  const hash = createHash('sha256').update(process.version.split('.')[0]);
  const add = (path) =>
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  for (const path of paths) {
    if (!existsSync(join(root, path))) continue;
    if (path.endsWith('/')) {
      const names = readdirSync(join(root, path), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length));
      names.toSorted().forEach(add);
    } else add(path);
  }
  return hash.digest('hex');
}

/** Runs `work` when `stamp` does not hold `value`; the stamp is written last, so that a killed run is done again. */
function once(stamp, value, work) {
  const file = join(root, stamp);
  if (!force && existsSync(file) && readFileSync(file, 'utf8') === value) return;
  work();
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, value);
}

const installed = digest('package-lock.json');
const modules = 'node_modules/.breakwater-installed';
if (!existsSync(join(root, modules)) || readFileSync(join(root, modules), 'utf8') !== installed) {
  run(
    'installing packages (about 20 seconds)',
    'npm',
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  );
  writeFileSync(join(root, modules), installed);
}
once('dist/.breakwater-built', digest('src/', 'schemas/', 'package-lock.json', 'package.json'), () => {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  run('building', process.execPath, 'node_modules/typescript/bin/tsc', '-p', 'src');
  if (existsSync(join(root, 'dist/dev/compile-validators.js'))) {
    run('compiling validators', process.execPath, 'dist/dev/compile-validators.js');
  }
  run('bundling', process.execPath, 'dist/dev/bundle.js');
});
