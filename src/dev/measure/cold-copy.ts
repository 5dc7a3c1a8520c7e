import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync } from 'node:fs';

/**
 * A copy of a program of which nothing is in memory: who runs it first is charged for its pages, as on a device that has
 * just pulled its image. By dd of GNU coreutils, since Node cannot give pages back.
 */
export function coldCopy(program: string, to: string): string {
  copyFileSync(program, to);
  chmodSync(to, 0o755);
  execFileSync('dd', [`of=${to}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'], { stdio: 'ignore' });
  return to;
}
