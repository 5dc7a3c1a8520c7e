import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadFiles } from '../src/check/load-files.ts';
import { UserError } from '../src/errors.ts';

const cwd = mkdtempSync(join(tmpdir(), 'breakwater-'));
afterAll(() => rmSync(cwd, { recursive: true }));
mkdirSync(join(cwd, 'manifests/deeper'), { recursive: true });
mkdirSync(join(cwd, 'empty'));
for (const name of ['b.yaml', 'a.yml', 'deeper/c.json', 'notes.md'])
  writeFileSync(join(cwd, 'manifests', name), name);

const load = (...paths: readonly string[]): readonly string[] | string => {
  try {
    return loadFiles(paths, cwd).map(({ file }) => file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `error[${error.code}]: ${error.message}; fix: ${error.hint}`;
  }
};

test('a folder gives its YAML and JSON files at any depth, a file that is named twice is read once', () => {
  expect(load('manifests/b.yaml', 'manifests', './manifests/')).toEqual([
    'manifests/b.yaml',
    'manifests/a.yml',
    'manifests/deeper/c.json',
  ]);
});

test('what is not there, and a folder without manifests, stop the run', () => {
  expect(load('manifests/d.yaml')).toMatchInlineSnapshot(
    `"error[FILE_READ]: manifests/d.yaml cannot be read (ENOENT); fix: check its path and permissions"`,
  );
  expect(load('empty')).toMatchInlineSnapshot(
    `"error[FILE_READ]: folder empty holds no YAML or JSON files; fix: name the folder that holds the manifests"`,
  );
});
