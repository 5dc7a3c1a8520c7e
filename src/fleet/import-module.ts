import { createRequire } from 'node:module';
import vm from 'node:vm';
import { join } from 'node:path';
import type { Jiti } from 'jiti';
import type * as JitiModule from 'jiti';
import { UserError } from '../errors.ts';
import * as authoring from './authoring.ts';
import { explainImportError } from './import-errors.ts';

export interface ImportOptions {
  readonly cwd: string;
  readonly timeoutMs: number;
}

/** How a definition's text is asked to run inside a vm script, the only thing that V8 stops after a time. */
const START = Symbol.for('breakwater.start');

/**
 * Import a TypeScript or JavaScript module that a user wrote, and return its default export.
 *
 * `breakwater` in it is the running copy, whatever is installed. Translations are cached in `.breakwater/jiti`.
 * Modules are loaded synchronously, so that a loop without end can be stopped; those with a top-level await, which
 * cannot, are waited for.
 *
 * @param file path from the working folder, for messages
 * @throws UserError `FLEET_LOAD` with the user's own line, `FLEET_TIMEOUT`
 */
export async function importModule(path: string, file: string, options: ImportOptions): Promise<unknown> {
  // Required, since an import would read its 150 KB twice, once for the names of its exports.
  const { createJiti } = createRequire(import.meta.url)('jiti') as typeof JitiModule;
  const loader = (fsCache: string | false): Jiti =>
    createJiti(path, {
      fsCache,
      moduleCache: false,
      interopDefault: false,
      virtualModules: { breakwater: authoring },
    });
  let module: unknown;
  const restore = printToStderr();
  try {
    module = await load(loader(join(options.cwd, '.breakwater/jiti')), path, options.timeoutMs).catch(
      // A cache that cannot be written, as on a full disk, must not stand in the way.
      (error: unknown) => {
        if (!isSystemError(error)) throw error;
        return load(loader(false), path, options.timeoutMs);
      },
    );
  } catch (error) {
    if (error instanceof TimeoutError) {
      throw new UserError(
        'FLEET_TIMEOUT',
        `${file} did not finish loading in ${options.timeoutMs / 1000} s`,
        'look for a loop without end, or an await of something that never comes',
      );
    }
    throw explainImportError(error, { path, file, cwd: options.cwd });
  } finally {
    restore();
  }
  return defaultExport(module, file);
}

/** What a definition prints is no result of ours: it must not mix with JSON on stdout. */
function printToStderr(): () => void {
  const { log, info, debug, error } = console;
  Object.assign(console, { log: error, info: error, debug: error });
  return () => Object.assign(console, { log, info, debug });
}

class TimeoutError extends Error {}

const isSystemError = (error: unknown): boolean =>
  typeof (error as NodeJS.ErrnoException | null)?.syscall === 'string';

async function load(jiti: Jiti, path: string, timeoutMs: number): Promise<unknown> {
  try {
    return within(timeoutMs, () => jiti(path) as unknown);
  } catch (error) {
    if (!mayAwait(error)) throw error;
  }
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimeoutError()), timeoutMs);
  });
  try {
    return await Promise.race([jiti.import(path), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Run `work`, and stop it when it takes too long. */
function within<T>(timeoutMs: number, work: () => T): T {
  const scope = globalThis as { [START]?: () => T };
  scope[START] = work;
  try {
    return vm.runInThisContext(`globalThis[Symbol.for('breakwater.start')]()`, { timeout: timeoutMs }) as T;
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new TimeoutError();
    throw error;
  } finally {
    delete scope[START];
  }
}

/** What a top-level await is reported as where modules are loaded synchronously: V8 has several words for it. */
const mayAwait = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'SyntaxError' || (error as NodeJS.ErrnoException).code === 'ERR_REQUIRE_ASYNC_MODULE');

function defaultExport(module: unknown, file: string): unknown {
  const names = typeof module === 'object' && module !== null ? Object.keys(module) : [];
  if (names.includes('default')) return (module as { readonly default: unknown }).default;
  // CommonJS has no default export: what it exports is the definition.
  const isModule = (module as { readonly __esModule?: boolean } | null)?.__esModule === true;
  if (!isModule && names.length > 0) return module;
  throw new UserError(
    'FLEET_LOAD',
    `${file} has no default export${names.length > 0 ? `, only ${names.join(', ')}` : ''}`,
    'write export default defineFleet({ … })',
  );
}
