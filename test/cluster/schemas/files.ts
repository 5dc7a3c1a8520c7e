// Reading and writing the folders of `schemas/` that servers decide.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mergeMinors, splitMinors, type Minors } from '../../../src/dev/kubernetes-files.ts';
import { compact } from './compact.ts';

const at = (name: string): string => fileURLToPath(new URL(`../../../schemas/${name}`, import.meta.url));

/** By path: what the files of a folder hold. */
export function readFolder(name: string): ReadonlyMap<string, string> {
  if (!existsSync(at(name))) return new Map();
  const paths = readdirSync(at(name), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.json'),
  );
  return new Map(paths.toSorted().map((path) => [path, readFileSync(join(at(name), path), 'utf8')]));
}

/** Make a folder hold these files and no others. */
export function writeFolder(name: string, files: ReadonlyMap<string, string>): void {
  rmSync(at(name), { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(join(at(name), path, '..'), { recursive: true });
    writeFileSync(join(at(name), path), text);
  }
}

/** By path: the files of `schemas/kubernetes/`. */
export const kubernetesFiles = (minors: Minors): ReadonlyMap<string, string> =>
  new Map([...mergeMinors(minors)].map(([name, table]) => [`${name}.json`, `${compact(table)}\n`]));

/** What `schemas/kubernetes/` holds. */
export const readKubernetes = (): Minors =>
  splitMinors(
    new Map(
      [...readFolder('kubernetes')].map(([path, text]) => [
        path.slice(0, -'.json'.length),
        JSON.parse(text) as Record<string, unknown>,
      ]),
    ),
  );
