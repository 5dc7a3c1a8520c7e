import { UserError } from '../errors.ts';
import type { FileSystem } from './file-system.ts';
import { TEMPORARY } from './layout.ts';

const PREFIX = `${TEMPORARY}lock-`;

/**
 * Run something while no other run on this machine writes the same `generated/`.
 *
 * Each run first puts down a file with its process number, then looks for others: of two that start together at
 * least one sees the other and gives up. The file of a run that was killed names no living process and is removed;
 * since names never clash, that cannot remove a living run's file.
 *
 * @throws UserError `OUTPUT_BUSY`
 */
export function withLock<T>(fs: FileSystem, root: string, run: () => T): T {
  const folder = `${root}/generated`;
  const mine = PREFIX + fs.pid;
  const wasEmpty = fs.list(folder).length === 0;
  try {
    fs.makeFolder(folder);
    fs.write(`${folder}/${mine}`, '');
    for (const entry of fs.list(folder)) {
      if (!entry.startsWith(PREFIX) || entry === mine) continue;
      const pid = Number(entry.slice(PREFIX.length));
      if (fs.isRunning(pid)) {
        throw new UserError(
          'OUTPUT_BUSY',
          `generated/ is being written by another run, process ${pid}`,
          `wait until it is done; if that process is no run of Breakwater, remove generated/${entry}`,
        );
      }
      fs.removeFile(`${folder}/${entry}`);
    }
    return run();
  } finally {
    fs.removeFile(`${folder}/${mine}`);
    if (wasEmpty) fs.removeFolder(folder);
  }
}
