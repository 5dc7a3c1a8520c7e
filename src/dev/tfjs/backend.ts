// Builds the optional training backend from npm and PyPI, once, into a cache outside the checkout: its own install script
// would fetch a TensorFlow of 2022 from a host that is often out of reach, without a checksum.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileAddon } from './addon.ts';
import { run } from './run-tool.ts';
import { unpackTensorFlow } from './wheel.ts';

/** What pins every byte that is fetched; in `src/` also when this runs from `dist/`. */
const PINS = fileURLToPath(new URL('../../../src/dev/tfjs/pins/', import.meta.url));
const PINNED = ['package.json', 'package-lock.json', 'requirements.txt'] as const;

/** Another number is another build: raise it when what is done with the pinned files changes. */
const RECIPE = 1;

/** The backend on this machine, or why it cannot be there. */
export type Backend =
  | { readonly folder: string; readonly missing?: never }
  | { readonly missing: string; readonly folder?: never };

/** Folder of the backend for this state of the pins and this platform, whether it is built or not. */
export function backendFolder(): string {
  const hash = createHash('sha256').update(`${RECIPE}\0`);
  for (const file of PINNED) hash.update(readFileSync(join(PINS, file)));
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'breakwater', 'tfjs');
  return join(cache, `${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`);
}

/**
 * The backend, built where it is not yet: about a minute and 300 MB from the registries.
 * @param say is told what happens
 * @throws Error with the tool's own words when a registry or the compiler fails
 */
export function tfjsBackend(say: (line: string) => void): Backend {
  const folder = backendFolder();
  if (existsSync(folder)) return { folder };
  const missing = missingTool();
  if (missing !== undefined) return { missing };
  say(`building @tensorflow/tfjs-node into ${folder}, about a minute`);
  mkdirSync(dirname(folder), { recursive: true });
  removeLeftovers(dirname(folder));
  const beside = mkdtempSync(join(dirname(folder), `build-${process.pid}-`));
  try {
    for (const file of PINNED) copyFileSync(join(PINS, file), join(beside, file));
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], beside);
    const home = join(beside, 'node_modules', '@tensorflow', 'tfjs-node');
    unpackTensorFlow(beside, home);
    compileAddon(beside, home);
    finish(beside, folder);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
  return { folder };
}

/** Remove what builds left whose process is gone: more than a gigabyte each. */
export function removeLeftovers(cache: string): void {
  for (const name of readdirSync(cache)) {
    const [, pid] = /^build-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Renamed when whole: a build that was killed leaves nothing that looks like one, and of two at once the first stays. */
function finish(beside: string, folder: string): void {
  try {
    renameSync(beside, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

function missingTool(): string | undefined {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    return `no pinned TensorFlow for ${process.platform} ${process.arch}`;
  const tools = [
    ['python3', ['-m', 'pip', '--version'], 'pip for python3'],
    ['c++', ['--version'], 'a C++ compiler'],
    ['make', ['--version'], 'make'],
  ] as const;
  const absent = tools.filter(([tool, args]) => spawnSync(tool, args).status !== 0).map(([, , name]) => name);
  return absent.length === 0 ? undefined : `this machine lacks ${absent.join(', ')}`;
}
