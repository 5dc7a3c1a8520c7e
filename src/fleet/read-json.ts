import { readFileSync } from 'node:fs';
import { type ErrorCode, UserError } from '../errors.ts';
import { codeFrame } from './import-errors.ts';
import { findJsonError } from './json-error.ts';

/**
 * Read a JSON file.
 * @param file its path from the working folder, for messages
 * @throws UserError `FILE_READ`, or `code` with line and column where it is not JSON
 */
export function readJson(path: string, file: string, code: ErrorCode): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw unreadable(error, file);
  }
  const wrong = findJsonError(text);
  if (wrong === undefined) return JSON.parse(text);
  const before = text.slice(0, wrong.index).split('\n');
  const line = before.length;
  const column = before.at(-1)!.length + 1;
  throw new UserError(
    code,
    `${file}:${line}:${column} is not JSON: ${wrong.message}${codeFrame(text, line, column)}`,
    'correct the line, or the one before it',
  );
}

/** What to throw for a file that cannot be read. */
export function unreadable(error: unknown, file: string, code: ErrorCode = 'FILE_READ'): UserError {
  const reason = (error as NodeJS.ErrnoException).code ?? String(error);
  const known: Readonly<Record<string, readonly [what: string, hint: string]>> = {
    ENOENT: ['is not there', 'correct the path'],
    EACCES: ['may not be read', 'give yourself permission to read it'],
    EISDIR: ['is a folder', 'name a file'],
  };
  const [what, hint] = known[reason] ?? [`cannot be read: ${reason}`, 'make it readable'];
  return new UserError(code, `${file} ${what}`, hint, { cause: error });
}
