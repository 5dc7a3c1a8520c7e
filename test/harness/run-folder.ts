// One folder for each run: the only place where pids, logs and data of its processes stand. Whoever removes it
// ends what it names, so that nothing outlives a run, also one that was killed.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, isAlive, ownIdentity } from './identity.ts';

/** Begins the names of all folders of runs. */
export const RUN_PREFIX = 'breakwater-run-';

/** Make the folder of this run. */
export function createRunFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), RUN_PREFIX));
  writeFileSync(join(folder, 'owner'), ownIdentity());
  for (const name of ['bin', 'pids', 'logs']) mkdirSync(join(folder, name));
  return folder;
}

/** Pids of a run's processes that still run. A pid counts only if its command line names the run's folder. */
export function runningIn(folder: string): readonly number[] {
  return list(join(folder, 'pids'))
    .map((file) => Number(read(join(folder, 'pids', file))))
    .filter((pid) => pid > 1 && commandLine(pid).includes(`${folder}/`));
}

/** End what a run left and remove its folder. Synchronous, since the last to call it is the end of the process. */
export function removeRunFolder(folder: string): void {
  // A process may appear between two looks: one that had been made, and had not written its pid.
  for (
    let pids = runningIn(folder), looks = 0;
    pids.length > 0 && looks < 200;
    pids = runningIn(folder), looks += 1
  ) {
    for (const pid of pids) kill(pid);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  }
  for (const cgroup of read(join(folder, 'cgroups')).split('\n').filter(Boolean)) removeCgroup(cgroup);
  // The owner last: by it the next run knows what is left where this one is killed meanwhile.
  for (const name of list(folder).filter((entry) => entry !== 'owner')) removeTree(join(folder, name));
  removeTree(folder);
}

function removeTree(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}

/** Remove a cgroup and those below it. One whose processes are ending is busy for a moment. */
export function removeCgroup(folder: string): void {
  for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []) {
    if (entry.isDirectory()) removeCgroup(join(folder, entry.name));
  }
  for (let tries = 0; existsSync(folder) && tries < 500; tries += 1) {
    try {
      rmdirSync(folder);
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** Remove the folders of runs whose owner is dead. Returns how many there were. */
export function removeLeftovers(): number {
  const dead = list(tmpdir())
    .filter((name) => name.startsWith(RUN_PREFIX))
    .map((name) => join(tmpdir(), name))
    // Without an owner: being made this moment, or not a run.
    .filter((folder) => read(join(folder, 'owner')) !== '' && !isAlive(read(join(folder, 'owner'))));
  dead.forEach(removeRunFolder);
  return dead.length;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
