import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { project } from './project.ts';
import { nodeLines, type NodeLine } from '../src/dev/node-lines.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Paths of the files below a folder, in byte order. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

const digests = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    filesBelow(folder).map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex'),
    ]),
  );

/** What `synth` writes from the reference fleets, in a process of its own. */
function synthesize(
  { binary }: NodeLine,
  environment: Readonly<Record<string, string>>,
  order: 'forward' | 'backward',
): object {
  const folder = project({ 'package.json': '{ "type": "module" }' });
  // File systems list in the order of creation, among others.
  const files = filesBelow(join(root, 'fleets')).filter((path) => !path.endsWith('.rollout.json'));
  for (const path of order === 'forward' ? files : files.toReversed()) {
    mkdirSync(join(folder, 'fleets', dirname(path)), { recursive: true });
    copyFileSync(join(root, 'fleets', path), join(folder, 'fleets', path));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  execFileSync(binary, [join(root, 'dist/cli/bin.js'), 'synth'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return { generated: digests(join(folder, 'generated')), fleets: digests(join(folder, 'fleets')) };
}

describe('the same definitions give the same bytes', () => {
  let made: object | undefined;
  const own: NodeLine = { version: process.versions.node, binary: process.execPath };
  const expected = (): object => (made ??= synthesize(own, { TZ: 'UTC', LANG: 'C' }, 'forward'));

  test('in another time zone and locale, with files made in another order', () => {
    const other = { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };
    expect(synthesize(own, other, 'backward')).toEqual(expected());
  });

  test('on every Node line', () => {
    for (const line of nodeLines())
      expect(synthesize(line, {}, 'forward'), `Node ${line.version}`).toEqual(expected());
  }, 300_000);

  test('as they stand in this repository', () => {
    const { generated } = expected() as { readonly generated: Readonly<Record<string, string>> };
    const committed = digests(join(root, 'generated'));
    // Releases that a rollout keeps beside the wanted ones are not made by a first synth.
    const wanted = Object.keys(generated).filter(
      (path) => path.includes('/releases/') || path.endsWith('plan.json'),
    );
    expect(Object.fromEntries(wanted.map((path) => [path, committed[path]]))).toEqual(
      Object.fromEntries(wanted.map((path) => [path, generated[path]])),
    );
  });
});
