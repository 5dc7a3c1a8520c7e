import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import type { GivenFile } from './check.ts';

/**
 * Read YAML and JSON files; of a folder all that is named `.yaml`, `.yml` or `.json`, at any depth, in byte order.
 *
 * @param paths from the working folder
 * @throws UserError `FILE_READ`
 */
export function loadFiles(paths: readonly string[], cwd: string): readonly GivenFile[] {
  return paths.flatMap((path) => {
    try {
      if (!statSync(resolve(cwd, path)).isDirectory()) return [read(path, cwd)];
      const names = readdirSync(resolve(cwd, path), { recursive: true, encoding: 'utf8' });
      return names
        .filter((name) => /\.(ya?ml|json)$/.test(name))
        .toSorted()
        .map((name) => read(join(path, name), cwd));
    } catch (error) {
      throw new UserError(
        'FILE_READ',
        `${path} cannot be read: ${(error as Error).message}`,
        'check its path and permissions',
        {
          cause: error,
        },
      );
    }
  });
}

const read = (path: string, cwd: string): GivenFile => ({
  file: path.replaceAll('\\', '/'),
  text: readFileSync(resolve(cwd, path), 'utf8'),
});
