// `npm run schemas:cluster [-- --check] [-- --crds FOLDER]`: writes schemas/crds/ and schemas/kubernetes/ from what real API
// servers serve; with `--check` says what is stale, and asks only the newest minor's server.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { buildAll } from '../harness/build.ts';
import { startControlPlane } from '../harness/control-plane.ts';
import { installCrds } from '../harness/install-crds.ts';
import { createRunFolder, removeLeftovers, removeRunFolder } from '../harness/run-folder.ts';
import { crdFiles, currentCrdFiles, keptOrigins, readCrds, writeCrdFiles, type Crd } from './crds.ts';

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, crds: { type: 'string' } },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** The first table of a folder's README that names, for each subfolder, repository and state. */
function originsOf(folder: string): ReadonlyMap<string, string> {
  const rows = readFileSync(join(folder, 'README.md'), 'utf8').matchAll(
    /^\| ([a-z0-9-]+) \| (\S+) \| (.+?) \|$/gm,
  );
  return new Map([...rows].map(([, name, repository, state]) => [name!, `${repository} ${state}`]));
}

/** Definitions from YAML files in a folder's subfolders, each with its origin. */
function importCrds(folder: string): {
  readonly crds: readonly Crd[];
  readonly origins: ReadonlyMap<string, string>;
} {
  const states = originsOf(folder);
  const origins = new Map<string, string>();
  const crds = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .toSorted()
    .map((name) => {
      const crd = parse(readFileSync(join(folder, name), 'utf8')) as Crd;
      origins.set(crd.metadata.name, states.get(name.split('/')[0]!) ?? 'unknown');
      return crd;
    });
  return { crds, origins };
}

removeLeftovers();
await buildAll(say);
const folder = createRunFolder();
process.once('exit', () => removeRunFolder(folder));

const { crds, origins } =
  values.crds === undefined ? { crds: readCrds(), origins: keptOrigins() } : importCrds(values.crds);
const plane = await startControlPlane({ folder, name: 'newest' });
await installCrds(plane.api, undefined, crds);
const live = (await plane.api.list(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
)) as unknown as readonly Crd[];
const files = crdFiles(live, ({ metadata }) => origins.get(metadata.name)!);
const kept = values.check ? currentCrdFiles() : files;
const stale = [...new Set([...files.keys(), ...kept.keys()])].filter(
  (path) => files.get(path) !== kept.get(path),
);
if (values.check) {
  for (const path of stale) say(`stale: schemas/crds/${path}`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  writeCrdFiles(files);
  say(`wrote ${files.size} files to schemas/crds/`);
}
await plane.stop();
