// What the command line asks of Git. Never writes.

import { spawnSync } from 'node:child_process';
import { UserError } from '../errors.ts';

const MOST_OUTPUT_BYTES = 1 << 30;

function git(
  cwd: string,
  args: readonly string[],
  input?: string,
): { readonly ok: boolean; readonly out: Buffer } {
  const { status, stdout, error } = spawnSync('git', args, {
    cwd,
    maxBuffer: MOST_OUTPUT_BYTES,
    ...(input === undefined ? {} : { input }),
  });
  if (error !== undefined) {
    throw new UserError('GIT', `git did not run: ${error.message}`, 'install Git and put it on the PATH', {
      cause: error,
    });
  }
  return { ok: status === 0, out: stdout };
}

const isInstalled = (): boolean => spawnSync('git', ['--version']).error === undefined;

/** Whether a folder is inside the work tree of a Git repository. */
export const inRepository = (cwd: string): boolean => git(cwd, ['rev-parse', '--is-inside-work-tree']).ok;

/**
 * The commit that a reference names.
 * @returns all 40 digits
 * @throws UserError `GIT`
 */
export function resolveCommit(cwd: string, ref: string): string {
  const { ok, out } = git(cwd, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (ok) return out.toString().trim();
  throw inRepository(cwd)
    ? new UserError(
        'GIT',
        `no commit is called ${JSON.stringify(ref)} here`,
        'name a branch, a tag or a commit; where a clone is shallow, fetch it first (git fetch origin BRANCH)',
      )
    : new UserError(
        'GIT',
        `${cwd} is not in a Git repository`,
        'run this in a clone, or leave --against out',
      );
}

/** Who wrote a line last. */
export interface LineCommit {
  readonly commit: string;
  /** Commit time, in milliseconds since the epoch. */
  readonly time: number;
}

/**
 * By line of a file: the commit that wrote it; `undefined` for what is not committed yet.
 *
 * In a shallow clone what is older than the clone counts as written by its oldest commit: younger than it is, so
 * that a soak is never taken for over before it is.
 *
 * @param file from `cwd`
 * @returns `undefined` outside a repository, and where Git is not installed
 */
export function lineCommits(cwd: string, file: string): readonly (LineCommit | undefined)[] | undefined {
  if (!isInstalled() || !inRepository(cwd)) return undefined;
  const { ok, out } = git(cwd, ['blame', '--line-porcelain', '--', file]);
  if (!ok) return [];
  const lines: (LineCommit | undefined)[] = [];
  let commit = '';
  let time = 0;
  for (const line of out.toString().split('\n')) {
    const head = /^([0-9a-f]{40,64}) \d+ \d+/.exec(line);
    if (head !== null) commit = head[1]!;
    else if (line.startsWith('committer-time ')) time = Number(line.slice('committer-time '.length)) * 1000;
    else if (line.startsWith('\t')) lines.push(/^0+$/.test(commit) ? undefined : { commit, time });
  }
  return lines;
}

/**
 * Every file below some folders as a commit has it.
 *
 * @param folders from `cwd`, without a trailing `/`
 * @param wanted only paths that match are read
 * @returns path from `cwd` → content; empty where the commit has none of them
 * @throws UserError `GIT`
 */
export function filesAt(
  cwd: string,
  ref: string,
  folders: readonly string[],
  wanted: RegExp = /^/,
): ReadonlyMap<string, Buffer> {
  const commit = resolveCommit(cwd, ref);
  const listed = git(cwd, ['ls-tree', '-r', '-z', commit, '--', ...folders]).out.toString();
  const all = [...listed.matchAll(/\d+ blob ([0-9a-f]+)\t([^\0]+)\0/g)].map(
    ([, blob, path]) => [blob!, path!] as const,
  );
  const entries = all.filter(([, path]) => wanted.test(path));
  if (entries.length === 0) return new Map();
  const { out } = git(cwd, ['cat-file', '--batch'], entries.map(([blob]) => `${blob}\n`).join(''));
  const files = new Map<string, Buffer>();
  let at = 0;
  for (const [, path] of entries) {
    const header = out.indexOf('\n', at);
    const size = Number(out.toString('latin1', at, header).split(' ')[2]);
    files.set(path, out.subarray(header + 1, header + 1 + size));
    at = header + 1 + size + 1;
  }
  return files;
}

/** Whether there is a repository with a commit, and Git to read it. */
export const hasCommit = (cwd: string): boolean =>
  isInstalled() && git(cwd, ['rev-parse', '--verify', '--quiet', 'HEAD']).ok;
