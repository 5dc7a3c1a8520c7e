import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { LockedFile, ModelLock } from '../fleet/model-lock.ts';
import type { BuiltModelSpec } from '../fleet/spec.ts';
import { readFile } from './read-file.ts';

/** `sha256:` and 64 hex digits. */
export const sha256 = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The files that a build reads, by content. @throws UserError `FILE_READ` */
export function lockedInputs(
  { source, calibration, evaluation }: BuiltModelSpec,
  folder: string,
): Pick<ModelLock, 'source' | 'calibration' | 'evaluation'> {
  const locked = (path: string): LockedFile => ({ path, digest: sha256(readFile(join(folder, path))) });
  return {
    source: locked(source),
    ...(calibration === undefined ? {} : { calibration: locked(calibration) }),
    ...(evaluation === undefined ? {} : { evaluation: locked(evaluation) }),
  };
}
