// `npm run schemas:cluster [-- --check] [-- --crds FOLDER]`: writes schemas/crds/ and schemas/kubernetes/ from what real API
// servers serve; with `--check` says what is stale, and asks only the newest minor's server.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import type { Facts } from '../../../src/dev/kubernetes-files.ts';
import { binaryFolder, build, buildAll } from '../../harness/build.ts';
import { startControlPlane } from '../../harness/control-plane.ts';
import { installCrds } from '../../harness/install-crds.ts';
import { createRunFolder, removeLeftovers, removeRunFolder } from '../../harness/run-folder.ts';
import { crdFiles, keptOrigins, readCrds, type Crd } from './crds.ts';
import { kubernetesFiles, readFolder, readKubernetes, writeFolder } from './files.ts';
import { readServer } from './read-server.ts';

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

/** Minors whose own servers are asked, the newest last: that is the one that all tests run. */
const MINORS = ['1.34', '1.35', '1.36', '1.37'] as const;
const NEWEST = MINORS.at(-1)!;

/** An API server of a minor's own: emulation leaks newer fields. */
async function serverOf(minor: string): Promise<string | undefined> {
  if (minor === NEWEST) return undefined;
  const project = `kubernetes-${minor}`;
  const path = join(binaryFolder(project), 'kube-apiserver');
  if (!existsSync(path)) say(`building kube-apiserver of ${minor}, about 4 minutes`);
  await build(project, 'k8s.io/kubernetes/cmd/kube-apiserver', path);
  return path;
}

async function readMinor(folder: string, minor: string): Promise<Facts> {
  const path = await serverOf(minor);
  const plane = await startControlPlane({ folder, name: `own-${minor}`, ...(path ? { path } : {}) });
  try {
    return await readServer(plane.api);
  } finally {
    await plane.stop();
  }
}

async function readCustom(folder: string): Promise<ReadonlyMap<string, string>> {
  const given = values.crds === undefined ? { crds: [], origins: new Map() } : importCrds(values.crds);
  const kept = readCrds().filter(({ metadata }) => !given.origins.has(metadata.name));
  const crds = [...given.crds, ...kept];
  const origins = new Map([...keptOrigins(), ...given.origins]);
  const plane = await startControlPlane({ folder, name: 'custom' });
  try {
    await installCrds(plane.api, undefined, crds);
    const live = (await plane.api.list(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
    )) as unknown as readonly Crd[];
    return crdFiles(live, ({ metadata }) => origins.get(metadata.name)!);
  } finally {
    await plane.stop();
  }
}

/** Write what is wanted and remove the rest, or say what is stale. */
function settle(name: string, wanted: ReadonlyMap<string, string>): void {
  const kept = readFolder(name);
  const stale = [...new Set([...wanted.keys(), ...kept.keys()])].filter(
    (path) => wanted.get(path) !== kept.get(path),
  );
  if (values.check) {
    for (const path of stale) say(`stale: schemas/${name}/${path}: run npm run schemas:cluster`);
    if (stale.length > 0) process.exitCode = 1;
  } else if (stale.length > 0) writeFolder(name, wanted);
  say(`schemas/${name}: ${wanted.size} files, ${stale.length} ${values.check ? 'stale' : 'changed'}`);
}

removeLeftovers();
await buildAll(['etcd', 'kube-apiserver'], say);
const folder = createRunFolder();
process.once('exit', () => removeRunFolder(folder));

settle('crds', await readCustom(folder));
const known: Map<string, Facts> = values.check ? new Map(readKubernetes()) : new Map();
for (const minor of values.check ? [NEWEST] : MINORS) known.set(minor, await readMinor(folder, minor));
settle('kubernetes', kubernetesFiles(known));
