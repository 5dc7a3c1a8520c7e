import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildImage, layerOf } from '../../src/model/package/image.ts';
import { packTar } from '../../src/model/package/tar.ts';

const files = [
  { path: 'digits/1/model.tflite', content: Buffer.from('TFL3 would stand here') },
  { path: 'digits/1/labels.txt', content: Buffer.from('zero\none\n') },
];

test('the system tar reads what is packed: sorted, owned by root, from the epoch, readable by all', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-tar-'));
  const archive = join(folder, 'layer.tar');
  writeFileSync(archive, packTar(files));
  const list = execFileSync('tar', ['--numeric-owner', '--utc', '-tvf', archive], { encoding: 'utf8' });
  expect(list.replaceAll(/ +/g, ' ')).toMatchInlineSnapshot(`
    "drwxr-xr-x 0/0 0 1970-01-01 00:00 digits/
    drwxr-xr-x 0/0 0 1970-01-01 00:00 digits/1/
    -r--r--r-- 0/0 9 1970-01-01 00:00 digits/1/labels.txt
    -r--r--r-- 0/0 21 1970-01-01 00:00 digits/1/model.tflite
    "
  `);
  expect(execFileSync('tar', ['-xOf', archive, 'digits/1/model.tflite'], { encoding: 'utf8' })).toBe(
    'TFL3 would stand here',
  );
  rmSync(folder, { recursive: true });
});

test('an image has always the same digest, its layer in whatever order the files come, and another when a byte differs', () => {
  const { digest } = buildImage(files, { note: 'x' }).index;
  expect(digest).toMatchInlineSnapshot(
    `"sha256:c4e9dcb833666a98b9f0b520d4c80288036528de45fc67e59c7fc006bbaa0c7e"`,
  );
  const [first, second] = [files[0]!, files[1]!];
  expect(layerOf([second, first]).blob.digest).toBe(layerOf([first, second]).blob.digest);
  expect(
    buildImage([{ ...files[0]!, content: Buffer.from('TFL3 would stand Here') }, files[1]!], { note: 'x' })
      .index.digest,
  ).not.toBe(digest);
});

test('an image names every architecture, and its configuration the digest of the layer', () => {
  const { index, manifests, blobs } = buildImage(files, {});
  const parsed = JSON.parse(Buffer.from(index.content).toString()) as {
    manifests: { platform: unknown; digest: string }[];
  };
  expect(parsed.manifests.map(({ platform }) => platform)).toEqual([
    { os: 'linux', architecture: 'amd64' },
    { os: 'linux', architecture: 'arm', variant: 'v7' },
    { os: 'linux', architecture: 'arm64' },
  ]);
  expect(parsed.manifests.map(({ digest }) => digest)).toEqual(manifests.map(({ digest }) => digest));
  const layer = blobs.at(-1)!;
  for (const config of blobs.slice(0, -1)) {
    expect(JSON.parse(Buffer.from(config.content).toString())).toMatchObject({
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    });
  }
});

test('the layer says which file the model is, as the ModelPack specification has it', () => {
  const [manifest] = buildImage(files, { 'org.opencontainers.image.title': 'digits' }).manifests;
  const { annotations, layers } = JSON.parse(Buffer.from(manifest!.content).toString()) as {
    annotations: unknown;
    layers: { annotations: Record<string, string> }[];
  };
  expect(annotations).toEqual({ 'org.opencontainers.image.title': 'digits' });
  const { 'org.cncf.model.file.metadata+json': metadata, ...rest } = layers[0]!.annotations;
  expect(rest).toEqual({ 'org.cncf.model.filepath': 'digits/1/model.tflite' });
  expect(JSON.parse(metadata!)).toEqual({
    name: 'digits/1/model.tflite',
    mode: 0o444,
    uid: 0,
    gid: 0,
    size: 21,
    mtime: '1970-01-01T00:00:00Z',
    typeflag: 48,
  });
});

test('a path that a tar header cannot hold is refused', () => {
  expect(() => packTar([{ path: 'a/'.repeat(60), content: new Uint8Array() }])).toThrow(
    'longer than the 100 bytes',
  );
});
