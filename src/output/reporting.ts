import { relative } from 'node:path';
import { UserError } from '../errors.ts';
import type { FileSystem } from './file-system.ts';
import { TEMPORARY } from './layout.ts';

const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: ['no space is left on the disk', 'free some space'],
  EDQUOT: ['the disk quota is used up', 'free some space'],
  EACCES: ['permission denied', 'make it and its folder writable'],
  EPERM: ['operation not permitted', 'make it and its folder writable'],
  EROFS: ['the disk is read-only', 'make the disk writable'],
};

/**
 * A file system that throws `UserError` where the disk refuses, and that takes removing what is gone, or a folder
 * that is not empty, as done.
 *
 * @param root absolute; paths in messages are from here
 */
export function reporting(fs: FileSystem, root: string): FileSystem {
  const refuse = (code: 'FILE_READ' | 'FILE_WRITE', path: string, error: unknown): never => {
    const errno = (error as NodeJS.ErrnoException).code;
    if (errno === undefined || error instanceof UserError) throw error;
    const [reason, hint] = REASONS[errno] ?? [`the system says ${errno}`, 'see to that path'];
    // What waits beside its place is told by its place.
    const file = relative(root, path)
      .replaceAll(TEMPORARY, '')
      .replace(/plan-[0-9a-f]{12}\.json$/, 'plan.json');
    const [what, fix] =
      code === 'FILE_READ'
        ? ['read', 'make it and its folder readable, then run the same command again']
        : ['write', `${hint}, then run the same command again; no file is half written`];
    throw new UserError(code, `cannot ${what} ${file}: ${reason}`, fix, { cause: error });
  };
  const guard =
    <A extends readonly [path: string, ...rest: unknown[]], R>(
      code: 'FILE_READ' | 'FILE_WRITE',
      call: (...args: A) => R,
      done: readonly string[] = [],
    ) =>
    (...args: A): R => {
      try {
        return call(...args);
      } catch (error) {
        if (done.includes((error as NodeJS.ErrnoException).code ?? '')) return undefined as R;
        return refuse(code, args[0], error);
      }
    };
  return {
    pid: fs.pid,
    isRunning: (pid) => fs.isRunning(pid),
    read: guard('FILE_READ', (path: string) => fs.read(path)),
    list: guard('FILE_READ', (path: string) => fs.list(path)),
    write: guard('FILE_WRITE', (path: string, content: string | Uint8Array) => fs.write(path, content)),
    flush: guard('FILE_WRITE', (path: string) => fs.flush(path)),
    rename: guard('FILE_WRITE', (from: string, to: string) => fs.rename(from, to)),
    makeFolder: guard('FILE_WRITE', (path: string) => fs.makeFolder(path)),
    removeFile: guard('FILE_WRITE', (path: string) => fs.removeFile(path), ['ENOENT']),
    removeFolder: guard('FILE_WRITE', (path: string) => fs.removeFolder(path), [
      'ENOENT',
      'ENOTEMPTY',
      'EEXIST',
    ]),
  };
}
