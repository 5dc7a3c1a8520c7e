// Brings an image to a registry, and asks whether it is there. All by digest, as releases name it; one tag keeps what
// nothing else names from being cleaned away there.

import { readFileSync } from 'node:fs';
import { sha256 } from '../locked-inputs.ts';
import { otherDigest } from './failures.ts';
import type { Session } from './session.ts';
import {
  blobsOf,
  INDEX,
  manifestsOf,
  type Descriptor,
  type StoredBlob,
  type StoredImage,
} from './stored-image.ts';
import { hasBlob, sameDigest, uploadBlob, type UploadOptions } from './upload.ts';

export interface PushOptions extends Pick<UploadOptions, 'pieceBytes'> {
  /** Called as bytes of blobs arrive. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
}

/** What a push did. */
export interface Pushed {
  /** Blobs and manifests that were sent. */
  readonly sent: number;
  readonly sentBytes: number;
  /** Blobs and manifests that were there. */
  readonly there: number;
}

/**
 * The tag of an image. Nothing refers to it, but retention rules of registries (and `garbage-collect
 * --delete-untagged`) take an image without a tag for garbage, such as the settled one that a rollback needs.
 */
export const tagOf = (digest: string): string =>
  `breakwater-${digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;

/**
 * Send what a registry lacks of an image: blobs, then the manifests that name them, last the index and its tag.
 * @throws UserError `REGISTRY`
 */
export async function pushImage(
  image: StoredImage,
  session: Session,
  { pieceBytes, onProgress }: PushOptions = {},
): Promise<Pushed> {
  const missing: StoredBlob[] = [];
  for (const blob of image.blobs) if (!(await hasBlob(session, blob.digest))) missing.push(blob);
  const total = bytesOf(missing);
  let done = 0;
  for (const blob of missing) {
    const onSent = (bytes: number): void => onProgress?.(done + bytes, total);
    await uploadBlob(session, blob, { onSent, ...(pieceBytes === undefined ? {} : { pieceBytes }) });
    done += blob.bytes;
  }
  const sent = [...missing];
  for (const manifest of [...image.manifests, image.index]) {
    if (await hasManifest(session, manifest)) continue;
    await putManifest(session, manifest);
    sent.push(manifest);
  }
  if (!(await hasManifest(session, image.index, tagOf(image.index.digest))))
    await putManifest(session, image.index, tagOf(image.index.digest));
  const all = image.blobs.length + image.manifests.length + 1;
  return { sent: sent.length, sentBytes: bytesOf(sent), there: all - sent.length };
}

const bytesOf = (blobs: readonly StoredBlob[]): number => blobs.reduce((sum, { bytes }) => sum + bytes, 0);

const manifestUrl = ({ repository }: Session, reference: string): string =>
  `/v2/${repository.name}/manifests/${reference}`;

async function hasManifest(
  session: Session,
  { digest, mediaType }: StoredBlob,
  reference = digest,
): Promise<boolean> {
  const answer = await session.ask({
    method: 'HEAD',
    url: manifestUrl(session, reference),
    headers: { accept: mediaType },
    what: `the question for ${digest}`,
    answers: [200, 404],
  });
  if (answer.status === 200) sameDigest(answer, digest, session);
  return answer.status === 200;
}

async function putManifest(
  session: Session,
  { digest, mediaType, path }: StoredBlob,
  reference = digest,
): Promise<void> {
  const answer = await session.ask({
    method: 'PUT',
    url: manifestUrl(session, reference),
    headers: { 'content-type': mediaType },
    body: readFileSync(path),
    what: `the manifest ${digest}`,
    answers: [201],
  });
  sameDigest(answer, digest, session);
}

/**
 * What a registry lacks of the image that a digest names, by digests; nothing where it is there, whole.
 * @throws UserError `REGISTRY`
 */
export async function missingFrom(session: Session, digest: string): Promise<readonly string[]> {
  const index = await getManifest(session, { digest, mediaType: INDEX });
  if (index === undefined) return [digest];
  const missing: string[] = [];
  const blobs = new Set<string>();
  for (const named of manifestsOf(index)) {
    const manifest = await getManifest(session, named);
    if (manifest === undefined) missing.push(named.digest);
    else for (const blob of blobsOf(manifest)) blobs.add(blob.digest);
  }
  for (const blob of blobs) if (!(await hasBlob(session, blob))) missing.push(blob);
  return missing;
}

async function getManifest(
  session: Session,
  { digest, mediaType }: Pick<Descriptor, 'digest' | 'mediaType'>,
): Promise<Uint8Array | undefined> {
  const { status, body } = await session.ask({
    method: 'GET',
    url: manifestUrl(session, digest),
    headers: { accept: mediaType },
    what: `the question for ${digest}`,
    answers: [200, 404],
  });
  if (status === 404) return undefined;
  const found = sha256(body);
  if (found !== digest) throw otherDigest(digest, found, session.repository);
  return body;
}
