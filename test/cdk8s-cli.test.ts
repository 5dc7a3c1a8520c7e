import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { expect, test } from 'vitest';
import { loadFleets } from '../src/fleet/load.ts';
import { synthFleet } from '../src/synth/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

test('cdk8s.yaml keeps cdk8s, which empties its output folder, away from generated/', () => {
  expect(readFileSync(join(root, 'cdk8s.yaml'), 'utf8')).toMatch(/^output: \.breakwater\/cdk8s$/m);
});

// Needs a build, as everything that runs outside of the tests does.
test('cdk8s synth writes the objects of each class of each fleet as a chart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-cdk8s-'));
  try {
    execFileSync(
      process.execPath,
      ['node_modules/cdk8s-cli/bin/cdk8s', 'synth', '--output', folder, '--check-upgrade', 'false'],
      { cwd: root, stdio: 'pipe' },
    );
    const fleets = await loadFleets([], { cwd: root });
    const expected = fleets.flatMap(({ spec }) =>
      Object.entries(synthFleet(spec)).map(
        ([className, release]) => [`${spec.name}-${className}.k8s.yaml`, release] as const,
      ),
    );
    expect(readdirSync(folder).toSorted()).toEqual(expected.map(([name]) => name).toSorted());
    for (const [name, { objects }] of expected) {
      const documents = parseAllDocuments(readFileSync(join(folder, name), 'utf8'), { version: '1.1' });
      const written = documents.map((document) => document.toJS() as unknown);
      const wanted = objects.filter(({ file }) => !file.startsWith('frame/')).map(({ object }) => object);
      expect(written).toHaveLength(wanted.length);
      expect(written).toEqual(expect.arrayContaining([...wanted]));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
