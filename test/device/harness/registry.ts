// The registry that Debian packages, on loopback, and the images that tests write into it.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { start, startOnFreePorts, type Running } from '../../harness/process.ts';

export interface Registry {
  readonly port: number;
  readonly host: string;
  /** Put an image there. Returns its reference by digest, under the host of the reference fleets. */
  put(repository: string, image: Image): Promise<string>;
  stop(): Promise<void>;
}

/** A program in an image of its own. */
export interface Image {
  /** Files by path in the image, from paths on this machine or as text. */
  readonly files: Readonly<Record<string, { readonly from: string } | { readonly text: string }>>;
  /** Further names of a file, by path. */
  readonly links?: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
}

/** Where the reference fleets' images are; nodes ask the registry of the run instead. */
export const HOST = 'registry.example.com';

export async function startRegistry(folder: string): Promise<Registry> {
  const own = join(folder, 'registry');
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
        name: 'docker-registry',
        path: '/usr/bin/docker-registry',
        args: ['serve', join(own, 'config.yml')],
      });
    },
    async ([port]) => (await fetch(`http://127.0.0.1:${port}/v2/`)).ok,
  );
  const url = `http://127.0.0.1:${ports[0]}`;
  return {
    port: ports[0]!,
    host: `127.0.0.1:${ports[0]}`,
    put: (repository, image) => put(url, own, repository, image),
    stop: () => process.stop(),
  };
}

async function put(url: string, folder: string, repository: string, image: Image): Promise<string> {
  const layer = pack(folder, image);
  const config = Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Entrypoint: image.entrypoint },
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    }),
  );
  for (const blob of [layer, config]) await upload(`${url}/v2/${repository}`, blob);
  const type = (name: string): string => `application/vnd.oci.image.${name}`;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type('manifest.v1+json'),
      config: { mediaType: type('config.v1+json'), digest: digestOf(config), size: config.length },
      layers: [{ mediaType: type('layer.v1.tar'), digest: digestOf(layer), size: layer.length }],
    }),
  );
  const digest = digestOf(manifest);
  await must(
    fetch(`${url}/v2/${repository}/manifests/${digest}`, {
      method: 'PUT',
      headers: { 'content-type': type('manifest.v1+json') },
      body: manifest,
    }),
  );
  return `${HOST}/${repository}@${digest}`;
}

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** The files as a layer, everything executable. */
function pack(folder: string, { files, links = {} }: Image): Buffer {
  const root = mkdtempSync(join(folder, 'image-'));
  for (const [path, content] of Object.entries(files)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    if ('from' in content) cpSync(content.from, target, { recursive: true, dereference: true });
    else writeFileSync(target, content.text);
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
  const { status, stdout, stderr } = spawnSync(
    'tar',
    [
      '-cf',
      '-',
      '--sort=name',
      '--mtime=@0',
      '--owner=0',
      '--group=0',
      '--mode=a+rX,a+x,go-w',
      '-C',
      root,
      '.',
    ],
    { maxBuffer: 2 ** 30 },
  );
  if (status !== 0) throw new Error(`tar failed: ${stderr.toString()}`);
  return stdout;
}

async function upload(repository: string, blob: Uint8Array): Promise<void> {
  const begun = await must(fetch(`${repository}/blobs/uploads/`, { method: 'POST' }));
  const place = new URL(begun.headers.get('location')!, repository);
  place.searchParams.set('digest', digestOf(blob));
  await must(fetch(place, { method: 'PUT', body: blob }));
}

async function must(asked: Promise<Response>): Promise<Response> {
  const response = await asked;
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return response;
}
