import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { writeProject } from '../../src/dev/bench/build.ts';
import { nodeLines, type NodeLine } from '../../src/dev/node-lines.ts';
import { project } from '../project.ts';

const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
const RECIPES = ['int8', 'dynamic', 'float16'];

type Digests = Readonly<Record<string, string>>;

/** Digests of all that `build` writes: blobs, image layouts, bills of materials, lock files. */
function build(
  { binary }: NodeLine,
  environment: Readonly<Record<string, string>> = {},
  order: 'forward' | 'backward' = 'forward',
): Digests {
  const folder = project({});
  writeProject(folder, RECIPES.length);
  const fleet = join(folder, 'fleets/shop.ts');
  const models = RECIPES.map(
    (recipe, index) => `m${index}: { ...model('m${index}'), recipe: '${recipe}' as const }`,
  );
  const text = readFileSync(fleet, 'utf8').replace(
    /const models = .*/,
    `const models = { digits: model('digits'), ${(order === 'forward' ? models : models.toReversed()).join(', ')} };`,
  );
  writeFileSync(fleet, text);
  execFileSync(binary, [bin, 'build'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return Object.fromEntries(
    ['.breakwater/models', 'fleets/models'].flatMap((root) =>
      readdirSync(join(folder, root), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => [
          file.slice(folder.length),
          createHash('sha256').update(readFileSync(file)).digest('hex'),
        ]),
    ),
  );
}

describe('the same networks give the same bytes', () => {
  const own: NodeLine = { version: process.versions.node, binary: process.execPath };
  let made: Digests | undefined;
  const expected = (): Digests => (made ??= build(own));

  test('a second time, in another order, time zone and locale', () => {
    const other = { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };
    expect(Object.keys(expected()).filter((file) => file.endsWith('.lock.json'))).toHaveLength(4);
    expect(build(own, other, 'backward')).toEqual(expected());
  });

  test('on every Node line', () => {
    for (const line of nodeLines()) expect(build(line), `Node ${line.version}`).toEqual(expected());
  }, 300_000);
});
