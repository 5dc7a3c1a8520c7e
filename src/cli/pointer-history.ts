import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolloutFile } from '../output/layout.ts';
import type { SliceName } from '../plan/plan.ts';
import type { LastMove } from '../plan/soak.ts';
import type { Io } from './io.ts';
import { lineCommits, type LineCommit } from './git.ts';

/** When pointers moved, as Git tells: from who last wrote their lines in the rollout file. */
export interface PointerHistory {
  readonly lastMove: LastMove;
  /** The commit that moved a slice of a class; `undefined` where it is not committed yet, or there is no repository. */
  commitOf(className: string, slice: SliceName): LineCommit | undefined;
  /** Whether there is a repository to tell. */
  readonly known: boolean;
}

/** Read who moved each pointer of a fleet. A line that is not committed counts as moved now. */
export function pointerHistory(io: Io, fleet: string): PointerHistory {
  const file = rolloutFile(fleet);
  const commits = lineCommits(io.cwd, file);
  if (commits === undefined) return { known: false, lastMove: () => undefined, commitOf: () => undefined };
  const byPointer = new Map<string, LineCommit>();
  const text = commits.length === 0 ? '' : readFileSync(join(io.cwd, file), 'utf8');
  for (const [index, line] of text.split('\n').entries()) {
    const [, name, slice] = /^ *\{ "class": "([^"]+)", "slice": "([^"]+)"/.exec(line) ?? [];
    const commit = commits[index];
    if (slice !== undefined && commit !== undefined) byPointer.set(`${name}/${slice}`, commit);
  }
  const now = io.now();
  const commitOf = (className: string, slice: SliceName): LineCommit | undefined =>
    byPointer.get(`${className}/${slice}`);
  return { known: true, commitOf, lastMove: (className, slice) => commitOf(className, slice)?.time ?? now };
}
