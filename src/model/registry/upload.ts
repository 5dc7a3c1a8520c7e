// Uploads of blobs: in one request where they are small, in pieces where not, and from where it was when a connection
// breaks. Source: the OCI distribution specification 1.1, "Pushing blobs".

import type { Answer } from './exchange.ts';
import { Interrupted, otherDigest, strange } from './failures.ts';
import { ATTEMPTS, type Session } from './session.ts';
import { readPiece, type StoredBlob } from './stored-image.ts';

export interface UploadOptions {
  /** Most that one request carries; the registry may ask for more. Default: 16 MiB. */
  readonly pieceBytes?: number;
  /** Called with what the registry holds of the blob, in bytes. */
  readonly onSent?: (bytes: number) => void;
}

interface Upload {
  /** Where the next piece goes. It may hold a secret: never printed. */
  location: URL;
  /** Bytes that the registry has. */
  at: number;
  readonly pieceBytes: number;
}

const BYTES = { 'content-type': 'application/octet-stream' };

/** Whether the registry has a blob. @throws UserError `REGISTRY` */
export async function hasBlob(session: Session, digest: string): Promise<boolean> {
  const answer = await session.ask({
    method: 'HEAD',
    url: `/v2/${session.repository.name}/blobs/${digest}`,
    what: `the question for ${digest}`,
    answers: [200, 404],
  });
  if (answer.status === 200) sameDigest(answer, digest, session);
  return answer.status === 200;
}

/** Hold the digest that a registry answers with, where it does, against the right one. */
export function sameDigest({ headers }: Answer, digest: string, { repository }: Session): void {
  const found = headers.get('docker-content-digest');
  if (found === null || found === digest) return;
  throw otherDigest(digest, /^[\w+.-]+:[0-9a-f]+$/.test(found) ? found : 'another digest', repository);
}

/**
 * Upload a blob. After an interruption the registry is asked how much it has.
 * @throws UserError `REGISTRY`
 */
export async function uploadBlob(
  session: Session,
  blob: StoredBlob,
  options: UploadOptions = {},
): Promise<void> {
  let upload = await start(session, blob, options);
  let farthest = 0;
  for (let interruptions = 0; ;) {
    try {
      await sendRest(session, blob, upload, options);
      return;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      // Whoever gets farther than ever before may be interrupted anew: a large layer on a bad line still arrives.
      interruptions = upload.at > farthest ? 1 : interruptions + 1;
      farthest = Math.max(farthest, upload.at);
      if (interruptions === ATTEMPTS) throw error.failure;
      await session.pause(interruptions);
      const resumed = await resume(session, upload, blob);
      // The last answer may be all that was lost.
      if (resumed === undefined && (await hasBlob(session, blob.digest))) return;
      upload = resumed ?? (await start(session, blob, options));
    }
  }
}

const uploading = ({ digest }: StoredBlob): string => `the upload of ${digest}`;

async function start(
  session: Session,
  blob: StoredBlob,
  { pieceBytes = 16 * 2 ** 20 }: UploadOptions,
): Promise<Upload> {
  const answer = await session.ask({
    method: 'POST',
    url: `/v2/${session.repository.name}/blobs/uploads/`,
    headers: { 'content-length': '0' },
    what: uploading(blob),
    answers: [202],
  });
  const least = Number(answer.headers.get('oci-chunk-min-length') ?? 0);
  return { location: locationOf(answer, session, blob), at: 0, pieceBytes: Math.max(pieceBytes, least || 0) };
}

function locationOf(answer: Answer, { repository }: Session, blob: StoredBlob): URL {
  const location = answer.headers.get('location');
  if (location === null || !URL.canParse(location, answer.url.href))
    throw strange(uploading(blob), repository);
  return new URL(location, answer.url);
}

async function sendRest(
  session: Session,
  blob: StoredBlob,
  upload: Upload,
  { onSent }: UploadOptions,
): Promise<void> {
  onSent?.(upload.at);
  while (blob.bytes - upload.at > upload.pieceBytes) {
    await sendPiece(session, blob, upload);
    onSent?.(upload.at);
  }
  const url = new URL(upload.location);
  url.searchParams.set('digest', blob.digest);
  const answer = await session.askOnce({
    method: 'PUT',
    url,
    headers: { ...BYTES, ...(upload.at > 0 ? rangeOf(upload.at, blob.bytes) : {}) },
    body: readPiece(blob.path, upload.at, blob.bytes),
    what: uploading(blob),
    answers: [201, 204, ...LOST],
  });
  if (LOST.includes(answer.status)) throw lost(session, blob);
  sameDigest(answer, blob.digest, session);
  onSent?.(blob.bytes);
}

/** Statuses by which a registry says that it does not know the upload, or is elsewhere in it. */
const LOST: readonly number[] = [404, 416];

const lost = ({ repository }: Session, blob: StoredBlob): Interrupted =>
  new Interrupted(strange(uploading(blob), repository));

const rangeOf = (from: number, to: number): Record<string, string> =>
  from === to ? {} : { 'content-range': `${from}-${to - 1}` };

async function sendPiece(session: Session, blob: StoredBlob, upload: Upload): Promise<void> {
  const to = upload.at + upload.pieceBytes;
  const answer = await session.askOnce({
    method: 'PATCH',
    url: upload.location,
    headers: { ...BYTES, ...rangeOf(upload.at, to) },
    body: readPiece(blob.path, upload.at, to),
    what: uploading(blob),
    answers: [202, ...LOST],
  });
  if (LOST.includes(answer.status)) throw lost(session, blob);
  const at = received(answer) ?? to;
  if (at <= upload.at || at > to) throw lost(session, blob);
  upload.location = locationOf(answer, session, blob);
  upload.at = at;
}

/** Bytes that the registry has by its own word. `0-0` is said of none and of one alike: taken for none. */
function received({ headers }: Answer): number | undefined {
  const [, last] = /^(?:bytes=)?0-(\d+)$/.exec(headers.get('range') ?? '') ?? [];
  return last === undefined ? undefined : last === '0' ? 0 : Number(last) + 1;
}

/** Where the registry is in an upload; `undefined` where it does not know it any more. */
async function resume(session: Session, upload: Upload, blob: StoredBlob): Promise<Upload | undefined> {
  const answer = await session.ask({
    method: 'GET',
    url: upload.location,
    what: uploading(blob),
    answers: [204, 400, 404, 405, 416],
  });
  const at = received(answer);
  if (answer.status !== 204 || at === undefined || at > blob.bytes) return undefined;
  const location = answer.headers.has('location') ? locationOf(answer, session, blob) : upload.location;
  return { location, at, pieceBytes: upload.pieceBytes };
}
