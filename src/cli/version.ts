import { readFileSync } from 'node:fs';

/** What the CLI needs of its own package.json. */
interface OwnPackage {
  readonly version: string;
  readonly description: string;
}

/** Our own package.json: two folders above this file, in `src/` and in `dist/` alike. */
export const ownPackage = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as OwnPackage;
