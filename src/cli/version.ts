import { readFileSync } from 'node:fs';

/** What the CLI needs of its own package.json. */
interface OwnPackage {
  readonly version: string;
  readonly description: string;
}

/** Where our own package.json lies: two folders above this file, in `src/` and in `dist/` alike. */
export const packageRoot = new URL('../../', import.meta.url);

export const ownPackage = JSON.parse(
  readFileSync(new URL('package.json', packageRoot), 'utf8'),
) as OwnPackage;
