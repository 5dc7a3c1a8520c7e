import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Folder of `src/` → folders it may import. The table of .github/ARCHITECTURE.md. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  'index.ts': ['fleet'],
  fleet: ['errors.ts'],
  model: ['errors.ts', 'fleet'],
  plan: ['errors.ts', 'fleet', 'model'],
  gate: ['errors.ts', 'fleet', 'plan'],
  synth: ['errors.ts', 'fleet', 'plan', 'gate', 'model'],
  check: ['errors.ts', 'fleet', 'plan', 'synth'],
  rules: ['errors.ts', 'check', 'fleet', 'plan', 'gate'],
  output: ['errors.ts', 'fleet', 'synth', 'plan'],
  report: ['errors.ts', 'check', 'gate', 'plan', 'output', 'model'],
  sim: ['errors.ts', 'fleet', 'plan', 'gate'],
};
const ALL = new Set(['cli', 'dev']);

const src = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const folderOf = (file: string): string => file.split('/')[0]!;

/** Type-only imports of another folder's shape are imports too: the table is about knowing, not loading. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, path]) =>
    join(file, '..', path!),
  );
  return found.map(folderOf).filter((folder) => folder !== folderOf(file));
}

test.each(files)('%s imports only what the table allows', (file) => {
  const folder = folderOf(file);
  if (ALL.has(folder)) return;
  const allowed = MAY_IMPORT[folder];
  expect(allowed, `${folder} is not in the table`).toBeDefined();
  expect(importsOf(file).filter((other) => !allowed!.includes(other))).toEqual([]);
});

test('only the entry point names the process', () => {
  const naming = files.filter((file) => /\bprocess\./.test(readFileSync(join(src, file), 'utf8')));
  expect(naming.filter((file) => file !== 'cli/bin.ts' && !file.startsWith('dev/'))).toEqual([]);
});
