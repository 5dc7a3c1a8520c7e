// A built model on this machine, in `.breakwater/models/<name>/`: an OCI image layout, which registries' own tools read.
// Content-addressed; anything in it can be deleted and built again.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kill, pid } from 'node:process';
import { UserError } from '../errors.ts';
import type { Blob, ModelImage } from './package/image.ts';

/** Where a blob stands in the layout. */
export const blobPath = (root: string, digest: string): string => join(root, 'blobs', ...digest.split(':'));

/** Whether the image that a digest names is here, whole. */
export function isStored(root: string, digest: string): boolean {
  if (!existsSync(blobPath(root, digest))) return false;
  const names = (blob: string): readonly string[] =>
    [...readFileSync(blobPath(root, blob), 'utf8').matchAll(/"digest":"(sha256:[0-9a-f]{64})"/g)].map(
      ([, found]) => found!,
    );
  return names(digest).every(
    (manifest) =>
      existsSync(blobPath(root, manifest)) &&
      names(manifest).every((blob) => existsSync(blobPath(root, blob))),
  );
}

/**
 * Put an image into the layout. Blobs before what names them, each beside and then renamed: a kill leaves no half blob.
 * @throws UserError `FILE_WRITE`
 */
export function storeImage(root: string, { index, manifests, blobs }: ModelImage): void {
  write(join(root, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  for (const blob of [...blobs, ...manifests, index]) storeBlob(root, blob);
  const { mediaType, digest, content } = index;
  const list = { schemaVersion: 2, manifests: [{ mediaType, digest, size: content.byteLength }] };
  write(join(root, 'index.json'), JSON.stringify(list));
}

function storeBlob(root: string, { digest, content }: Blob): void {
  const path = blobPath(root, digest);
  if (!existsSync(path)) write(path, content);
}

/** Write beside, then rename. @throws UserError `FILE_WRITE` */
export function write(path: string, content: string | Uint8Array): void {
  const beside = `${path}.${pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(beside, content);
    renameSync(beside, path);
  } catch (cause) {
    throw new UserError('FILE_WRITE', `${path} cannot be written`, 'free space, or allow writing there', {
      cause,
    });
  }
}

/** Remove what processes that are gone left half written in a folder and those below. */
export function sweep(folder: string): void {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const [, writer] = /\.(\d+)\.tmp$/.exec(entry.name) ?? [];
    if (writer !== undefined && !runs(Number(writer)))
      rmSync(join(entry.parentPath, entry.name), { force: true });
  }
}

function runs(process: number): boolean {
  try {
    return kill(process, 0);
  } catch {
    return false;
  }
}

/** Write, unless the file holds just that. @throws UserError `FILE_WRITE` */
export function writeIfOther(path: string, content: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== content) write(path, content);
}
