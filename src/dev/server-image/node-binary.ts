import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TarFile } from '../../model/package/tar.ts';
import { cached, run } from './cache.ts';
import type { Platform } from './platform.ts';

/** A line with long-term support. What it takes is measured: see .github/ARCHITECTURE.md. */
export const NODE_VERSION = '22.23.3';

/** Where the image's Node lies. */
export const NODE = '/usr/local/bin/node';

/** Small new space and one thread to compile on: 20 MiB less under load. */
export const NODE_FLAGS = ['--max-semi-space-size=1', '--v8-pool-size=1'];

/** Path of the binary, fetched from npm into the cache. */
export const nodeBinary = (platform: Platform): string => join(fetchNode(platform), 'bin/node');

/** Node's binary and licence. */
export const nodeFiles = (platform: Platform): readonly TarFile[] => [
  { path: NODE.slice(1), content: readFileSync(nodeBinary(platform)), executable: true },
  { path: 'usr/share/doc/node/LICENSE', content: readFileSync(join(fetchNode(platform), 'LICENSE')) },
];

function fetchNode({ npm }: Platform): string {
  const name = `node-linux-${npm}`;
  const folder = cached(`${name}-${NODE_VERSION}`, (empty) => {
    const [packed = ''] = run(empty, 'npm', 'pack', '--silent', `${name}@${NODE_VERSION}`).trim().split('\n');
    run(empty, 'tar', '-xzf', packed, 'package/bin/node', 'package/LICENSE');
    run(empty, 'rm', packed);
  });
  return join(folder, 'package');
}
