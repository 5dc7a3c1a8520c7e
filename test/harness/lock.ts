// A lock between runs of the tests on one machine: a file that names its owner.

import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { isAlive, ownIdentity } from './identity.ts';
import { until } from './until.ts';

/**
 * Run `work` while holding a lock; wait for whoever holds it. A lock whose owner is dead is taken over, in rare cases
 * by two that waited for it: what is done under a lock must do no harm when it is done twice.
 * @param file path of the lock; its folder exists
 */
export async function withLock<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  await until(`lock ${file}`, () => acquire(file), { timeoutMs: 45 * 60_000, everyMs: 500 });
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function acquire(file: string): boolean {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, ownIdentity());
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = readOwner(file);
    // Empty: between being made and being written.
    if (owner !== undefined && owner !== '' && !isAlive(owner)) rmSync(file, { force: true });
    return false;
  }
}

function readOwner(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
