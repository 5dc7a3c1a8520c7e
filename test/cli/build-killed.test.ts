import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { writeProject } from '../../src/dev/bench/build.ts';
import { project } from '../project.ts';

// Real processes of the compiled tool, since only there models are built in threads.

const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

function projectWith(models: number): string {
  const folder = project({});
  writeProject(folder, models);
  return folder;
}

const build = (cwd: string): string =>
  spawnSync(process.execPath, [bin, 'build'], { cwd, encoding: 'utf8' }).stdout;

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];

/** Blobs that do not hold what their name says. */
const halfBlobs = (folder: string): readonly string[] =>
  filesIn(join(folder, '.breakwater'))
    .filter((file) => /\/blobs\/sha256\/[0-9a-f]{64}$/.test(file))
    .filter((file) => createHash('sha256').update(readFileSync(file)).digest('hex') !== file.slice(-64));

const locks = (folder: string): readonly string[] =>
  filesIn(join(folder, 'fleets/models')).filter((file) => file.endsWith('.lock.json'));

test('a build that is killed at any time leaves no half blob and no half lock, and the next one completes it', async () => {
  const folder = projectWith(4);
  for (let attempt = 0; attempt < 12; attempt++) {
    const child = spawn(process.execPath, [bin, 'build'], { cwd: folder, stdio: 'ignore' });
    const ended = once(child, 'exit');
    await Promise.race([sleep(150 + 130 * attempt), ended]);
    child.kill(attempt % 2 === 0 ? 'SIGINT' : 'SIGKILL');
    await ended;
    expect(halfBlobs(folder)).toEqual([]);
    for (const lock of locks(folder)) expect(() => JSON.parse(readFileSync(lock, 'utf8'))).not.toThrow();
  }
  expect(build(folder)).toContain('m3: ');
  expect(locks(folder)).toHaveLength(4);
  // What looks half written by a process that is gone goes with the next build that writes.
  const left = join(folder, '.breakwater/models/m0/blobs/sha256/0123.999999999.tmp');
  writeFileSync(left, 'half');
  writeFileSync(
    join(folder, 'fleets/shop.ts'),
    readFileSync(join(folder, 'fleets/shop.ts'), 'utf8').replace("'int8' as const", "'dynamic' as const"),
  );
  build(folder);
  expect(filesIn(folder).filter((file) => file.endsWith('.tmp'))).toEqual([]);
});

test('models built in threads are told in the order of the definition, and one that changed is built alone', () => {
  const folder = projectWith(3);
  const all = build(folder);
  expect(all.match(/^m\d: registry/gm)).toEqual(['m0: registry', 'm1: registry', 'm2: registry']);
  const file = join(folder, 'fleets/shop.ts');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(
      "m1: model('m1')",
      "m1: { ...model('m1'), recipe: 'dynamic' as const }",
    ),
  );
  const again = build(folder);
  expect(again.match(/^m\d: unchanged/gm)).toEqual(['m0: unchanged', 'm2: unchanged']);
  expect(again).toContain('9,184 bytes');
});

test('a refusal in a thread is told as it is without one', () => {
  const folder = projectWith(2);
  writeFileSync(join(folder, 'fleets/model.h5'), 'no network');
  const { status, stderr } = spawnSync(process.execPath, [bin, 'build'], { cwd: folder, encoding: 'utf8' });
  expect({ status, stderr: stderr.replace(folder, '.') }).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[MODEL_DAMAGED]: ./fleets/model.h5 is not a whole HDF5 file
      fix: export the model again, or fetch it again
    ",
    }
  `);
});
