import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import type { GivenFile } from './check.ts';

/**
 * Read YAML and JSON files, each once; of a folder all that is named `.yaml`, `.yml` or `.json`, at any depth, in byte
 * order.
 *
 * @param paths from the working folder
 * @throws UserError `FILE_READ`, also for a folder without such files: nothing checked is not fine
 */
export function loadFiles(paths: readonly string[], cwd: string): readonly GivenFile[] {
  const files = new Set(paths.flatMap((path) => filesIn(path, cwd)));
  return [...files].map((file) => ({
    file: file.replaceAll('\\', '/'),
    text: orUnreadable(file, () => readFileSync(resolve(cwd, file), 'utf8')),
  }));
}

function filesIn(path: string, cwd: string): readonly string[] {
  const isFolder = orUnreadable(path, () => statSync(resolve(cwd, path)).isDirectory());
  if (!isFolder) return [join(path)];
  const names = orUnreadable(path, () =>
    readdirSync(resolve(cwd, path), { recursive: true, encoding: 'utf8' }),
  );
  const found = names.filter((name) => /\.(ya?ml|json)$/.test(name)).toSorted();
  if (found.length > 0) return found.map((name) => join(path, name));
  throw new UserError(
    'FILE_READ',
    `folder ${path} holds no YAML or JSON files`,
    'name the folder that holds the manifests',
  );
}

function orUnreadable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new UserError('FILE_READ', `${path} cannot be read (${code})`, 'check its path and permissions', {
      cause: error,
    });
  }
}
