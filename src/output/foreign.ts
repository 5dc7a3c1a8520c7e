import { UserError } from '../errors.ts';
import type { FileSystem } from './file-system.ts';
import { fleetFolder, isOurFile, isOurFolder, TEMPORARY } from './layout.ts';
import type { OpenedFleet } from './open.ts';

const SHOWN = 10;

/**
 * Stop where something in `generated/` was not written by us, before anything is touched. Fleets that are not
 * opened are looked at from outside only.
 *
 * @throws UserError `OUTPUT_FOREIGN`
 */
export function refuseForeign(
  fs: FileSystem,
  root: string,
  fleets: readonly Pick<OpenedFleet, 'name' | 'found'>[],
): void {
  const opened = new Set(fleets.map(({ name }) => name));
  const beside = fs
    .list(`${root}/generated`)
    .filter((entry) => !entry.startsWith(TEMPORARY) && !opened.has(entry.slice(0, -1)))
    .filter((entry) => !entry.endsWith('/') || !looksLikeFleet(fs, root, entry.slice(0, -1)));
  const foreign = [
    ...beside.map((entry) => `generated/${entry}`),
    ...fleets.flatMap(({ name, found }) => found.foreign.map((path) => `${fleetFolder(name)}/${path}`)),
  ];
  if (foreign.length === 0) return;
  const more = foreign.length - SHOWN;
  throw new UserError(
    'OUTPUT_FOREIGN',
    [
      'generated/ holds what Breakwater does not write; nothing was touched:',
      ...foreign.slice(0, SHOWN).map((path) => `  ${path}`),
      ...(more > 0 ? [`  and ${more} more`] : []),
    ].join('\n'),
    'move it out of generated/, or remove it',
  );
}

/** Names of the fleets that have a folder in `generated/`. */
export const fleetsOnDisk = (fs: FileSystem, root: string): readonly string[] =>
  fs
    .list(`${root}/generated`)
    .filter((entry) => entry.endsWith('/') && !entry.startsWith(TEMPORARY))
    .map((entry) => entry.slice(0, -1));

const looksLikeFleet = (fs: FileSystem, root: string, name: string): boolean =>
  fs
    .list(`${root}/${fleetFolder(name)}`)
    .every(
      (entry) =>
        entry.startsWith(TEMPORARY) ||
        (entry.endsWith('/') ? isOurFolder(entry.slice(0, -1)) : isOurFile(entry)),
    );
