import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TarFile } from '../../model/package/tar.ts';
import { cached, run } from './cache.ts';
import type { Platform } from './platform.ts';

/** The line with long-term support that takes the least memory: see .github/ARCHITECTURE.md. */
export const NODE_VERSION = '22.23.3';

/** Where the image's Node lies. */
export const NODE = '/usr/local/bin/node';

/** Node's binary and licence, from npm. */
export function nodeFiles({ npm }: Platform): readonly TarFile[] {
  const name = `node-linux-${npm}`;
  const folder = cached(`${name}-${NODE_VERSION}`, (empty) => {
    const [packed = ''] = run(empty, 'npm', 'pack', '--silent', `${name}@${NODE_VERSION}`).trim().split('\n');
    run(empty, 'tar', '-xzf', packed, 'package/bin/node', 'package/LICENSE');
    run(empty, 'rm', packed);
  });
  return [
    { path: NODE.slice(1), content: readFileSync(join(folder, 'package/bin/node')), executable: true },
    { path: 'usr/share/doc/node/LICENSE', content: readFileSync(join(folder, 'package/LICENSE')) },
  ];
}
