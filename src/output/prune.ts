import { UserError } from '../errors.ts';
import type { FileSystem } from './file-system.ts';
import { refuseForeign } from './foreign.ts';
import { besideOf, fleetFolder, pointerClass, rolloutFile } from './layout.ts';
import { withLock } from './lock.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { reporting } from './reporting.ts';
import { walk } from './walk.ts';
import type { Change } from './work.ts';

export interface PruneRequest {
  readonly fs?: FileSystem;
  /** Absolute path of the repository. */
  readonly root: string;
  readonly fleet: string;
  /** Names of the fleets that have a definition. */
  readonly defined: readonly string[];
}

/**
 * Remove all that was generated for a fleet whose definition is gone, and its rollout file.
 *
 * First the pointers, then the rollout file, then what they named: until the rollout file is gone the fleet can be
 * brought back by its definition as it was. A run that was killed is finished by running it again.
 *
 * @returns what was removed
 * @throws UserError `FLAG` for a fleet that is defined; `FLEET_UNKNOWN` where there is nothing to remove
 */
export function pruneFleet({
  fs: disk = nodeFileSystem,
  root,
  fleet,
  defined,
}: PruneRequest): readonly Change[] {
  if (defined.includes(fleet)) {
    throw new UserError(
      'FLAG',
      `--prune-fleet ${fleet}: fleets/ still defines it`,
      'remove the definition first: pruning deletes what its clusters read',
    );
  }
  const fs = reporting(disk, root);
  const folder = fleetFolder(fleet);
  const file = rolloutFile(fleet);
  return withLock(fs, root, () => {
    const found = walk(fs, `${root}/${folder}`);
    refuseForeign(fs, root, [{ name: fleet, found }]);
    const files = [...found.files, ...found.leftovers.filter((path) => !path.endsWith('/'))];
    const rollout = [file, besideOf(file)].filter((path) => fs.read(`${root}/${path}`) !== undefined);
    if (files.length === 0 && rollout.length === 0) {
      throw new UserError(
        'FLEET_UNKNOWN',
        `nothing was generated for a fleet ${JSON.stringify(fleet)}`,
        'check its name: fleets have a folder in generated/',
      );
    }
    const pointers = files.filter((path) => pointerClass(path) !== undefined);
    const others = files.filter((path) => pointerClass(path) === undefined);
    const paths = [
      ...pointers.map((path) => `${folder}/${path}`),
      ...rollout,
      ...others.map((path) => `${folder}/${path}`),
    ];
    for (const path of paths) fs.removeFile(`${root}/${path}`);
    const folders = [
      ...found.leftovers.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1)),
      ...found.folders.toReversed(),
    ];
    for (const path of folders) fs.removeFolder(`${root}/${folder}/${path}`);
    fs.removeFolder(`${root}/${folder}`);
    return paths.toSorted().map((path) => ({ file: path, change: 'deleted' }));
  });
}
