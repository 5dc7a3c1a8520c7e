import { createHash } from 'node:crypto';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { UserError } from '../errors.ts';
import type { LockedFile, ModelLock } from '../fleet/model-lock.ts';
import type { BuiltModelSpec } from '../fleet/spec.ts';
import { readFile } from './read-file.ts';

/** `sha256:` and 64 hex digits. */
export const sha256 = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** A file by content. @throws UserError `FILE_READ`, also for a path that leads out of the project */
export const lockedFile = (path: string, folder: string): LockedFile => ({
  path,
  digest: sha256(readFile(inside(folder, path))),
});

/**
 * The files that a build reads, by content.
 * @throws UserError `FILE_READ`, also for a path that leads out of the project
 */
export function lockedInputs(
  { source, calibration, evaluation }: BuiltModelSpec,
  folder: string,
): Pick<ModelLock, 'source' | 'calibration' | 'evaluation'> {
  const locked = (path: string): LockedFile => lockedFile(path, folder);
  return {
    source: locked(source),
    ...(calibration === undefined ? {} : { calibration: locked(calibration) }),
    ...(evaluation === undefined ? {} : { evaluation: locked(evaluation) }),
  };
}

/** Definitions stand in a folder of the project, such as fleets/: what lies outside the project, no other machine has. */
function inside(folder: string, path: string): string {
  const absolute = join(folder, path);
  const way = relative(dirname(folder), absolute);
  if (!isAbsolute(path) && !way.startsWith('..')) return absolute;
  throw new UserError(
    'FILE_READ',
    `${path} lies outside the project`,
    'copy the file below the folder of the definition, and name it from there',
  );
}
