import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
/** Packages that the model build step alone needs. */
const OWN = ['@litertjs/core', 'flatbuffers', 'h5wasm'];
const MOST_BYTES = 60_000_000;

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as Manifest;

/** Packages and all that they depend on. */
function withDependencies(names: readonly string[], found = new Set<string>()): ReadonlySet<string> {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    withDependencies(Object.keys(manifestOf(name).dependencies ?? {}), found);
  }
  return found;
}

const bytesOf = (name: string): number =>
  readdirSync(join(modules, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

test('what the model build step adds to an install is below 60 MB, and runs no script when it is installed', () => {
  const packages = [...withDependencies(OWN)].toSorted();
  expect(packages).toMatchInlineSnapshot(`
    [
      "@litertjs/core",
      "@litertjs/wasm-utils",
      "flatbuffers",
      "h5wasm",
    ]
  `);
  expect(packages.reduce((sum, name) => sum + bytesOf(name), 0)).toBeLessThan(MOST_BYTES);
  const scripts = packages.flatMap((name) => Object.keys(manifestOf(name).scripts ?? {}));
  expect(scripts.filter((script) => /^(pre|post)?install$/.test(script))).toEqual([]);
});
