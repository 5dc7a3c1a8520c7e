// Builds what is missing, once for each state of a go.mod, into a cache outside the checkout.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  buildTags,
  KUBEBUILDER,
  linkerFlags,
  PROGRAMS,
  projectFolder,
  type ProgramName,
} from './binaries.ts';
import { withLock } from './lock.ts';

const cache = (): string =>
  join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'breakwater', 'cluster');

/** Folder for the programs of one project: another go.mod, go.sum, source of ours or platform is another folder. */
export function binaryFolder(project: string): string {
  const hash = createHash('sha256');
  const folder = projectFolder(project);
  const files = readdirSync(folder).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name));
  for (const file of files.toSorted()) hash.update(readFileSync(join(folder, file)));
  const digest = hash.digest('hex').slice(0, 12);
  return join(cache(), `${project}-${process.platform}-${process.arch}-${digest}`);
}

/** Path of a program, whether it is built or not. */
export function binaryPath(name: ProgramName): string {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets && KUBEBUILDER.has(name) && existsSync(join(assets, name))) return join(assets, name);
  return join(binaryFolder(PROGRAMS[name].project), name);
}

/** The answer of `go version`; `undefined` where there is no Go. */
export function goVersion(): string | undefined {
  const { status, stdout } = spawnSync('go', ['version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Build one package of one project. Two runs at once wait for each other, and a build that was killed leaves
 * nothing that looks like a program.
 *
 * @throws Error with the compiler's own words
 */
export async function build(project: string, goPackage: string, target: string): Promise<void> {
  mkdirSync(join(target, '..'), { recursive: true });
  await withLock(`${target}.lock`, () => {
    if (existsSync(target)) return;
    const unfinished = `${target}.${process.pid}`;
    const { status, error, stderr } = spawnSync(
      'go',
      [
        'build',
        '-trimpath',
        '-mod=readonly',
        `-tags=${buildTags(project)}`,
        `-ldflags=${linkerFlags(project)}`,
        '-o',
        unfinished,
        goPackage,
      ],
      { cwd: projectFolder(project), env: { ...process.env, CGO_ENABLED: '0' }, encoding: 'utf8' },
    );
    if (status !== 0) {
      rmSync(unfinished, { force: true });
      throw new Error(`cannot build ${goPackage}: ${error?.message ?? stderr.trim().slice(-2000)}`);
    }
    renameSync(unfinished, target);
  });
}

/**
 * Build those programs that are missing, one after the other: the compiler uses all cores by itself.
 * @param say is told what happens, with the minutes to expect
 */
export async function buildAll(programs: readonly ProgramName[], say: (line: string) => void): Promise<void> {
  const missing = programs.filter((name) => !existsSync(binaryPath(name)));
  const minutes = missing.reduce((sum, name) => sum + PROGRAMS[name].minutes, 0);
  if (missing.length > 0)
    say(`building ${missing.length} programs into ${cache()}, about ${Math.ceil(minutes)} minutes`);
  for (const [index, name] of missing.entries()) {
    const started = Date.now();
    say(`building ${name} (${index + 1} of ${missing.length}, about ${PROGRAMS[name].minutes} min)`);
    await build(PROGRAMS[name].project, PROGRAMS[name].package, binaryPath(name));
    say(`built ${name} in ${Math.round((Date.now() - started) / 1000)} s`);
  }
}
