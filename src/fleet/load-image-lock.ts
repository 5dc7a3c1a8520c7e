import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { ImageLock } from './image-lock.ts';
import { shortPath } from './import-errors.ts';
import { readJson } from './read-json.ts';

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

/**
 * What is known of images beside the definitions in a folder; `undefined` where nothing is.
 * @throws UserError `FILE_READ`
 */
export function loadImageLock(folder: string, cwd: string): ImageLock | undefined {
  const path = join(folder, 'images.lock.json');
  if (!existsSync(path)) return undefined;
  const file = shortPath(path, cwd);
  const value = readJson(path, file, 'FILE_READ');
  const images = Object.entries(typeof value === 'object' && value !== null ? value : {});
  for (const [image, entry] of images as (readonly [string, Readonly<Record<string, unknown>> | null])[]) {
    if (isTexts(entry?.['platforms']) && typeof entry?.['source'] === 'string') continue;
    throw new UserError(
      'FILE_READ',
      `${file}: the entry ${JSON.stringify(image)} lacks a list "platforms" or a text "source"`,
      'write { "platforms": ["linux/amd64"], "source": "where this comes from" }',
    );
  }
  return value as ImageLock;
}
