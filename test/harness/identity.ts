// Which process a pid means: numbers are used again, so that a pid alone proves nothing.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** When a process started, in words of the system; `undefined` where there is no such process. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name, in parentheses, may hold anything; field 3 (state) and 22 (start) come after it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** What names this process among all that ever had its pid. */
export const ownIdentity = (): string => `${process.pid} ${startOf(process.pid)}`;

/** Whether the process of {@link ownIdentity} still runs. */
export function isAlive(identity: string): boolean {
  const [pid = '', ...start] = identity.split(' ');
  return startOf(Number(pid)) === start.join(' ');
}

/** The command line of a process; empty where there is none, or it has ended. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    }
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  } catch {
    return '';
  }
}
