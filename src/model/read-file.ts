import { readFileSync } from 'node:fs';
import { UserError } from '../errors.ts';

/** @throws UserError `FILE_READ` */
export function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UserError('FILE_READ', `${path} cannot be read`, 'correct the path, or fetch the file', {
      cause,
    });
  }
}
