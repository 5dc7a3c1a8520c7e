// Finds @tensorflow/tfjs-node, the one package that trains and that runs SavedModels. It is large and its install script
// reaches outside npm, so it is nobody's dependency: nothing else of Breakwater needs it or loads this file.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { env } from 'node:process';
import util from 'node:util';
import { UserError } from '../../errors.ts';
import type { Tfjs } from './tfjs-api.ts';

export const PACKAGE = '@tensorflow/tfjs-node';

/** Where it is looked for. */
export interface BackendPlaces {
  /** Folder of the user's project. */
  readonly cwd: string;
  /** `BREAKWATER_TFJS` names a folder in whose node_modules the package is; no other is tried then. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Read by TensorFlow when its library is loaded. One thread and plain kernels, since sums in another order are other weights;
 * and no start-up lines on stderr.
 */
const SETTINGS = {
  TF_CPP_MIN_LOG_LEVEL: '3',
  TF_DETERMINISTIC_OPS: '1',
  TF_ENABLE_ONEDNN_OPTS: '0',
  TF_NUM_INTEROP_THREADS: '1',
  TF_NUM_INTRAOP_THREADS: '1',
} as const;

/**
 * Load the backend. TensorFlow stays loaded until the run ends.
 * @param purpose what needs it, for the message: `training`, `running a SavedModel`
 * @throws UserError `BACKEND` where it is absent, or does not load
 */
export function loadTfjs(purpose: string, places: BackendPlaces): Tfjs {
  const named = places.env['BREAKWATER_TFJS'];
  const own = createRequire(import.meta.url);
  const tried: readonly (readonly [string, NodeJS.Require])[] =
    named === undefined || named === ''
      ? [
          [places.cwd, requireIn(places.cwd)],
          ["Breakwater's own folder", own],
        ]
      : [[`${named}, which BREAKWATER_TFJS names`, requireIn(resolve(places.cwd, named))]];
  let broken: unknown;
  for (const [, find] of tried) {
    const path = pathOf(find);
    if (path === undefined) continue;
    try {
      return open(find, path);
    } catch (error) {
      // Anything can be thrown here: the addon was never built, or is for another system, or Node has moved on.
      broken ??= error;
    }
  }
  if (broken !== undefined) throw unloadable(purpose, broken);
  throw new UserError(
    'BACKEND',
    `${purpose} needs ${PACKAGE}, which is not installed in ${tried.map(([place]) => place).join(' or ')}`,
    named === undefined || named === ''
      ? `npm install --save-dev ${PACKAGE}@^4.22.0, or name a folder that has it in BREAKWATER_TFJS`
      : `npm install ${PACKAGE}@^4.22.0 there, or correct BREAKWATER_TFJS`,
  );
}

const requireIn = (folder: string): NodeJS.Require => createRequire(join(resolve(folder), 'package.json'));

/** The package's main file; a folder that a failed install left behind has none. */
function pathOf(find: NodeJS.Require): string | undefined {
  try {
    const path = find.resolve(PACKAGE);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function open(find: NodeJS.Require, path: string): Tfjs {
  for (const [name, value] of Object.entries(SETTINGS)) env[name] ??= value;
  // Node 22 warns of it and Node 23 took it away; the published package still calls it.
  const old = util as { isNullOrUndefined?: (value: unknown) => boolean };
  old.isNullOrUndefined = (value) => value === null || value === undefined;
  const tf = find(path) as Tfjs;
  if (tf.getBackend() !== 'tensorflow')
    throw new Error(`its backend is ${tf.getBackend() || 'none'}, not tensorflow`);
  return tf;
}

function unloadable(purpose: string, cause: unknown): UserError {
  const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).trim().split('\n');
  return new UserError(
    'BACKEND',
    `${purpose} needs ${PACKAGE}, which is installed and does not load: ${reason}`,
    `let its install script run (npm rebuild ${PACKAGE}), or name a folder where it loads in BREAKWATER_TFJS`,
    { cause },
  );
}
