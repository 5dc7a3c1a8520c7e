import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

const asUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;

/** The modules that Node loads for an import of the built package, in order, told by Node itself. */
function loadedBy(specifier: string): readonly string[] {
  const hook = `import { writeSync } from 'node:fs';
export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  writeSync(1, found.url + '\\n');
  return found;
}`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(asUrl(hook))});`;
  const child = spawnSync(
    process.execPath,
    [
      '--import',
      asUrl(register),
      '--input-type=module',
      '--eval',
      `await import(${JSON.stringify(specifier)})`,
    ],
    { cwd: root, encoding: 'utf8' },
  );
  expect(child.stderr).toBe('');
  return child.stdout
    .split('\n')
    .filter((url) => url.startsWith('file:') && !url.includes('[eval'))
    .map((url) => fileURLToPath(url).slice(root.length));
}

test('a fleet that imports breakwater loads two files, and no package', () => {
  expect(loadedBy('breakwater')).toEqual(['dist/index.js', 'dist/fleet/authoring.js']);
});
