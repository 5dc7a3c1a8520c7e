// The registry that Debian packages, on loopback, and the images that are brought to it.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import { assembleImage, layerOf } from '../../../src/model/package/image.ts';
import { pushImage } from '../../../src/model/registry/push.ts';
import { openSession } from '../../../src/model/registry/session.ts';
import { readStoredImage } from '../../../src/model/registry/stored-image.ts';
import { storeImage } from '../../../src/model/store.ts';
import { start, startOnFreePorts, type Running } from '../../harness/process.ts';

export interface Registry {
  readonly port: number;
  readonly host: string;
  /** Put an image there. Returns its reference by digest, under the host of the reference fleets. */
  put(repository: string, image: Image): Promise<string>;
  /** Let one of Breakwater's scripts write an image, and put it there. */
  putMade(repository: string, script: string, ...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** A program in an image of its own. */
export interface Image {
  /** Files by path in the image, from paths on this machine or as they are. All can be executed. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly entrypoint: readonly string[];
}

/** Where the reference fleets' images are; nodes ask the registry of the run instead. */
export const HOST = 'registry.example.com';

/** @param name of its process and folder; one at a time */
export async function startRegistry(folder: string, name: string): Promise<Registry> {
  const own = join(folder, name);
  mkdirSync(own);
  const { process, ports } = await startOnFreePorts(
    1,
    ([port]): Running => {
      writeFileSync(
        join(own, 'config.yml'),
        `version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${join(own, 'blobs')} } }
http: { addr: '127.0.0.1:${port}' }
`,
      );
      return start({
        folder,
        name,
        path: '/usr/bin/docker-registry',
        args: ['serve', join(own, 'config.yml')],
      });
    },
    async ([port]) => (await fetch(`http://127.0.0.1:${port}/v2/`)).ok,
  );
  const host = `127.0.0.1:${ports[0]}`;
  const push = async (repository: string, root: string, digest: string): Promise<string> => {
    const session = openSession(`${host}/${repository}`, { env, actions: 'pull,push' });
    await pushImage(readStoredImage(root, digest, root), session);
    return `${HOST}/${repository}@${digest}`;
  };
  return {
    port: ports[0]!,
    host,
    put: (repository, image) => {
      const root = mkdtempSync(join(own, 'image-'));
      return push(repository, root, write(root, image));
    },
    putMade: (repository, script, ...args) => {
      const root = mkdtempSync(join(own, 'image-'));
      return push(repository, root, runScript(script, '--arch', 'amd64', '--out', root, ...args));
    },
    stop: () => process.stop(),
  };
}

/** Write an image's layout. Returns its digest. */
function write(root: string, { files, entrypoint }: Image): string {
  const layer = layerOf(
    Object.entries(files).map(([path, from]) => ({
      path,
      content: typeof from === 'string' ? readFileSync(from) : from,
      executable: true,
    })),
  );
  const config = { Entrypoint: entrypoint };
  const image = assembleImage([{ platform: { architecture: 'amd64' }, layers: [layer], config }], {});
  storeImage(root, image);
  return image.index.digest;
}

/** Run a script of `src/dev/` that prints a digest. */
function runScript(script: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`dist/dev/${script}.js`, ...args], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${script} failed: ${stderr}`);
  return stdout.trim();
}
