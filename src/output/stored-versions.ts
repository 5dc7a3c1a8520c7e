import { UserError } from '../errors.ts';
import type { ReleaseId, Version } from '../plan/plan.ts';
import { fleetFolder, releaseFolder } from './layout.ts';
import type { OpenedFleet } from './open.ts';

/**
 * The version of each workload of a release, by what is stored of it.
 * @throws UserError `RELEASE_MISSING`, `RELEASE_CHANGED`
 */
export const storedVersions =
  ({ name, store }: OpenedFleet) =>
  (className: string, release: ReleaseId): Readonly<Record<string, Version>> => {
    const { status, versions } = store.get(className, release);
    if (status === 'whole') return versions;
    const path = `${fleetFolder(name)}/${releaseFolder(className, release)}`;
    throw new UserError(
      status === 'missing' ? 'RELEASE_MISSING' : 'RELEASE_CHANGED',
      status === 'missing' ? `${path} is missing` : `${path} does not hash to its name`,
      `check it out from Git: git checkout HEAD -- ${path}`,
    );
  };
