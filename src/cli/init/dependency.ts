import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

/** The parts of a package.json that decide where a package comes from. */
interface Dependencies {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * What to write after `"breakwater":` in a package.json so that it names the copy that is running: what the folder
 * that it was installed into asked for, or the path of a checkout.
 *
 * @param root folder of the running copy
 * @param cwd folder that the package.json will stand in: paths are written from there
 */
export function ownDependency(root: string, cwd: string): string {
  const modules = dirname(root);
  if (basename(modules) !== 'node_modules') return fileDependency(root, cwd);
  const owner = dirname(modules);
  const asked = dependencyIn(owner);
  if (asked === undefined) return fileDependency(root, cwd);
  return asked.startsWith('file:') ? fileDependency(resolve(owner, asked.slice('file:'.length)), cwd) : asked;
}

/** What the package.json of a folder asks for under our name; `undefined` where it does not. */
export function dependencyIn(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { dependencies, devDependencies } = JSON.parse(readFileSync(file, 'utf8')) as Dependencies;
  return dependencies?.['breakwater'] ?? devDependencies?.['breakwater'];
}

const fileDependency = (path: string, cwd: string): string =>
  `file:${relative(cwd, path).replaceAll('\\', '/') || '.'}`;
