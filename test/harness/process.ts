// Starting one program of a run, and ending it.

import { spawn } from 'node:child_process';
import { openSync, closeSync, readFileSync, symlinkSync, writeFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { binaryPath } from './build.ts';
import type { ProgramName } from './binaries.ts';
import { Hopeless, until } from './until.ts';

export interface Running {
  readonly name: string;
  readonly pid: number;
  /** Throws when the process has ended, with the end of its log. */
  assertAlive(): void;
  log(): string;
  /** SIGKILL, and wait until it is gone. */
  stop(): Promise<void>;
}

interface Start {
  /** Folder of the run. */
  readonly folder: string;
  /** Names pid file and log; one at a time. */
  readonly name: string;
  /** Which pinned program; absent only beside `path`. */
  readonly program?: ProgramName;
  /** Path of another program than the pinned one. */
  readonly path?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Start a program. It writes its own pid before it becomes the program, so that no moment exists in which it runs
 * and nobody knows; and it runs by a name inside the run's folder, which proves later that the pid is ours.
 * It gets an environment of its own: nothing of the user's clusters (`KUBECONFIG`) reaches it.
 */
export function start({ folder, name, program, path, args, env = {} }: Start): Running {
  const link = join(folder, 'bin', path === undefined ? program! : name);
  linkOnce(path ?? binaryPath(program!), link);
  const pidFile = join(folder, 'pids', name);
  const logFile = join(folder, 'logs', `${name}.log`);
  writeFileSync(logFile, '', { flag: 'a' });
  const output = openSync(logFile, 'a');
  const child = spawn('/bin/sh', ['-c', 'echo $$ > "$0" && exec "$@"', pidFile, link, ...args], {
    // A group of its own: Ctrl-C is for us, and we end what we started.
    detached: true,
    stdio: ['ignore', output, output],
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, ...env },
  });
  closeSync(output);
  child.unref();
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const log = (): string => readFileSync(logFile, 'utf8');
  return {
    name,
    pid: child.pid!,
    log,
    assertAlive() {
      if (child.exitCode === null && child.signalCode === null) return;
      throw new Hopeless(`${name} has ended (${child.exitCode ?? child.signalCode}):\n${log().slice(-3000)}`);
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        child.ref();
        await ended;
      }
      rmSync(pidFile, { force: true });
    },
  };
}

/** Link to a program. Another file's tests may do the same at this moment. */
function linkOnce(target: string, link: string): void {
  try {
    symlinkSync(target, link);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** A free port on loopback. Nothing reserves it: see {@link startOnFreePorts}. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Start a program on free ports and wait until it is ready; once more with other ports if somebody else took one
 * in between, which two runs at once make possible.
 */
export async function startOnFreePorts(
  count: number,
  launch: (ports: readonly number[]) => Running,
  ready: (ports: readonly number[]) => boolean | Promise<boolean>,
): Promise<{ readonly process: Running; readonly ports: readonly number[] }> {
  for (let attempt = 1; ; attempt += 1) {
    const ports = await Promise.all(Array.from({ length: count }, freePort));
    const process = launch(ports);
    try {
      await until(`${process.name} to be ready`, () => (process.assertAlive(), ready(ports)), {
        everyMs: 50,
      });
      return { process, ports };
    } catch (error) {
      await process.stop();
      if (attempt === 3 || !process.log().includes('address already in use')) throw error;
    }
  }
}
