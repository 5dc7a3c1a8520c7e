// What a module that would not load is reported as: the user's own line, never ours.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors.ts';

export interface Importing {
  /** Absolute path of the module that was asked for. */
  readonly path: string;
  /** The same from the working folder, with `/`. */
  readonly file: string;
  readonly cwd: string;
}

interface Place {
  readonly path: string;
  readonly line: number;
  /** From 1; absent where translation has moved it. */
  readonly column?: number;
}

/** Folder of the running copy, `src/` or `dist/`. */
const own = fileURLToPath(new URL('..', import.meta.url));

/** Path from the working folder, with `/`. */
export const shortPath = (path: string, cwd: string): string => relative(cwd, path).split(sep).join('/');

const readText = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;

/** The line itself, as a message shows it: `  4 |   classes: {},`, with a caret below the column. */
export function codeFrame(text: string | undefined, line: number, column?: number): string {
  const code = text?.split(/\r?\n/)[line - 1];
  if (code === undefined) return '';
  const caret =
    column === undefined ? '' : `\n  ${' '.repeat(String(line).length)} | ${' '.repeat(column - 1)}^`;
  return `\n  ${line} | ${code}${caret}`;
}

/** The first line of a stack that the user wrote. */
function userPlace(stack: string): Place | undefined {
  for (const [, where = '', line] of stack.matchAll(/^\s+at (?:.*\()?(.+?):(\d+):\d+\)?$/gm)) {
    const path = where.startsWith('file:') ? fileURLToPath(where) : where.replace(/^async /, '');
    if (path.startsWith('node:') || path.startsWith(own) || /[\\/]node_modules[\\/]/.test(path)) continue;
    if (existsSync(path)) return { path, line: Number(line) };
  }
  return undefined;
}

const at = ({ path, line, column }: Place, cwd: string): string =>
  `${shortPath(path, cwd)}:${line}${column === undefined ? '' : `:${column}`}`;

function syntaxError(message: string, { path, cwd }: Importing): UserError | undefined {
  const [, what, where, line, column] =
    /^ParseError: ([\s\S]*?)\s+(\S[^\n]*):(\d+):(\d+)\s*$/.exec(message) ?? [];
  if (what === undefined || where === undefined) return undefined;
  const place = { path: resolve(dirname(path), where), line: Number(line), column: Number(column) + 1 };
  return new UserError(
    'FLEET_LOAD',
    `${at(place, cwd)} has a syntax error: ${what.charAt(0).toLowerCase()}${what.slice(1)}${codeFrame(readText(place.path), place.line, place.column)}`,
    'correct the line, or the one before it',
  );
}

/** Files that import each other, in order, the first one repeated at the end. */
function findCycle(path: string, above: readonly string[] = []): readonly string[] | undefined {
  if (above.includes(path)) return [...above.slice(above.indexOf(path)), path];
  const imports = readText(path)?.matchAll(/(?:from|import)\s*['"](\.{1,2}\/[^'"]+)['"]/g) ?? [];
  for (const [, target] of imports) {
    const base = resolve(dirname(path), target!);
    const found = [base, `${base}.ts`, base.replace(/\.(m?)js$/, '.$1ts'), `${base}.js`].find((file) =>
      existsSync(file),
    );
    const cycle = found === undefined ? undefined : findCycle(found, [...above, path]);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** What to throw for an error that importing a user's module threw. */
export function explainImportError(error: unknown, importing: Importing): UserError {
  const { path, file, cwd } = importing;
  const {
    message = String(error),
    name = 'Error',
    stack = '',
    code,
  } = (
    error instanceof Error ? error : { message: String(error), name: 'a value' }
  ) as Partial<NodeJS.ErrnoException>;
  const syntax = syntaxError(message, importing);
  if (syntax !== undefined) return syntax;

  const place = userPlace(stack);
  const frame = place === undefined ? '' : codeFrame(readText(place.path), place.line);
  const where = place === undefined ? file : at(place, cwd);
  const [, missing] = /^Cannot find (?:module|package) '([^']+)'/.exec(message) ?? [];
  if (missing !== undefined && (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND')) {
    return new UserError(
      'FLEET_LOAD',
      `${where} imports ${JSON.stringify(missing)}, which is not there${frame}`,
      missing.startsWith('.') ? 'correct the path' : `correct the name, or run npm install ${missing}`,
      { cause: error },
    );
  }
  const cycle = /^(TypeError|ReferenceError)$/.test(name) ? findCycle(path) : undefined;
  // Imported names reach the user as the translated code spells them: `(0 , _breakwater.defineFlet)`.
  const what = message.split('\n')[0]!.replaceAll(/\(0 ?, ?_\w+\.(\w+)\)/g, '$1');
  return new UserError(
    'FLEET_LOAD',
    `${where} threw ${name}: ${what}${frame}`,
    cycle === undefined
      ? 'correct what the line does; a definition must load without its surroundings'
      : `move what is shared into a file of its own: ${cycle.map((part) => shortPath(part, cwd)).join(' imports ')}`,
    { cause: error },
  );
}
