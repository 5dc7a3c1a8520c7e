import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { kill, pid } from 'node:process';
import type { FileSystem } from './file-system.ts';

/** The disk. A symbolic link is a file: neither followed when a folder is listed, nor when it is replaced. */
export const nodeFileSystem: FileSystem = {
  read: (path) => orWhereMissing(undefined, () => readFileSync(path)),
  list: (path) =>
    orWhereMissing([], () =>
      readdirSync(path, { withFileTypes: true })
        .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
        .toSorted(byBytes),
    ),
  write: (path, content) => writeFileSync(path, content),
  flush: (path) => {
    try {
      const file = openSync(path, 'r');
      try {
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      // Some file systems cannot do that to a folder, and there is nothing else to do about it there.
      if (!['EINVAL', 'EISDIR', 'EPERM'].includes(codeOf(error))) throw error;
    }
  },
  rename: renameSync,
  makeFolder: (path) => void mkdirSync(path, { recursive: true }),
  removeFile: unlinkSync,
  removeFolder: rmdirSync,
  pid,
  isRunning: (other) => {
    try {
      return kill(other, 0);
    } catch (error) {
      return codeOf(error) === 'EPERM';
    }
  },
};

/** Orders as UTF-8 bytes do: the same in every locale. */
export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

function orWhereMissing<T>(missing: T, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return missing;
    throw error;
  }
}
