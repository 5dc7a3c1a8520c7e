// An image in the layout on disk, checked byte by byte: what is sent is what the lock names.

import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { UserError } from '../../errors.ts';
import { blobPath } from '../store.ts';

/** A blob on disk. */
export interface StoredBlob {
  readonly mediaType: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly bytes: number;
  readonly path: string;
}

/** An image on disk, in the order in which a registry takes it. */
export interface StoredImage {
  /** Configurations and layers, each once. */
  readonly blobs: readonly StoredBlob[];
  readonly manifests: readonly StoredBlob[];
  readonly index: StoredBlob;
}

/** How an index or a manifest names a blob. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** What an index names. */
export const manifestsOf = (index: Uint8Array): readonly Descriptor[] =>
  (JSON.parse(Buffer.from(index).toString()) as { readonly manifests: readonly Descriptor[] }).manifests;

/** What a manifest names. */
export function blobsOf(manifest: Uint8Array): readonly Descriptor[] {
  const { config, layers } = JSON.parse(Buffer.from(manifest).toString()) as {
    readonly config: Descriptor;
    readonly layers: readonly Descriptor[];
  };
  return [config, ...layers];
}

/** Media type of an index. */
export const INDEX = 'application/vnd.oci.image.index.v1+json';

/**
 * The image of a model that a digest names.
 *
 * @param root the model's layout
 * @param shown how messages name it
 * @throws UserError `MODEL_LOCK` where it is not there, or is not what its digest says
 */
export function readStoredImage(root: string, digest: string, shown: string): StoredImage {
  const stored = (mediaType: string, named: string): StoredBlob => {
    const path = blobPath(root, named);
    if (!existsSync(path)) {
      throw new UserError('MODEL_LOCK', `${shown} does not hold ${named}`, 'run breakwater build');
    }
    if (digestOf(path) !== named) {
      throw new UserError(
        'MODEL_LOCK',
        `${named} in ${shown} is damaged: its bytes have another digest`,
        `delete ${shown} and run breakwater build`,
      );
    }
    return { mediaType, digest: named, bytes: statSync(path).size, path };
  };
  const index = stored(INDEX, digest);
  const manifests = manifestsOf(readFileSync(index.path)).map((one) => stored(one.mediaType, one.digest));
  const named = manifests.flatMap(({ path }) => blobsOf(readFileSync(path)));
  const once = new Map(named.map((one) => [one.digest, one]));
  return { index, manifests, blobs: [...once.values()].map((one) => stored(one.mediaType, one.digest)) };
}

/** Bytes of a blob from one offset to another, without those before and after: a layer may be larger than memory. */
export function readPiece(path: string, from: number, to: number): Uint8Array {
  const piece = Buffer.alloc(to - from);
  const file = openSync(path, 'r');
  try {
    let read = 0;
    while (read < piece.byteLength) {
      const more = readSync(file, piece, read, piece.byteLength - read, from + read);
      if (more === 0) throw new Error(`${path} became shorter while it was read`);
      read += more;
    }
  } finally {
    closeSync(file);
  }
  return piece;
}

const PIECE = 4 * 2 ** 20;

function digestOf(path: string): string {
  const hash = createHash('sha256');
  const { size } = statSync(path);
  for (let from = 0; from < size; from += PIECE)
    hash.update(readPiece(path, from, Math.min(from + PIECE, size)));
  return `sha256:${hash.digest('hex')}`;
}
