// A registry that implements what a push needs of the distribution protocol, and misbehaves on demand.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What it does wrong. */
export interface Mischief {
  /** Wants this `Authorization` and names how to get it, where a request has another. */
  readonly wants?: { readonly authorization: string; readonly challenge: (host: string) => string };
  /** What the token service at `/token` answers. */
  readonly token?: (request: IncomingMessage, body: string) => { status: number; body: string };
  /** Called first; `true` when it has dealt with the request. */
  readonly first?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Cuts the connection when so many bytes of one upload have arrived, as often as it says. */
  readonly cut?: { readonly afterBytes: number; times: number };
  /** Forgets an upload whose connection broke. */
  readonly forgetful?: boolean;
  /** Names its uploads by this address. */
  readonly location?: string;
  /** Answers with this digest. */
  readonly digest?: string;
}

/** One that listens, and what it has. */
export interface StandIn {
  /** Host and port. */
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, Buffer>;
  /** Method, path and what came of it. */
  readonly log: string[];
  close(): Promise<void>;
}

const sha256 = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Start one on a free port of this machine. */
export async function standIn(mischief: Mischief = {}): Promise<StandIn> {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Buffer>();
  const uploads = new Map<string, Buffer>();
  const log: string[] = [];
  let host = '';

  const answer = (response: ServerResponse, status: number, headers: object = {}, body = ''): void => {
    response.writeHead(status, headers as Record<string, string>);
    response.end(body);
  };
  const at = (upload: string): object => ({
    location: `${mischief.location ?? ''}/v2/uploads/${upload}?state=secret-state`,
    ...(uploads.get(upload)!.length === 0 ? {} : { range: `0-${uploads.get(upload)!.length - 1}` }),
  });

  async function read(request: IncomingMessage, upload?: string): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of request as AsyncIterable<Buffer>) {
      parts.push(part);
      bytes += part.length;
      const { cut } = mischief;
      if (upload === undefined || cut === undefined || cut.times === 0 || bytes < cut.afterBytes) continue;
      cut.times -= 1;
      const kept = Buffer.concat(parts).subarray(0, cut.afterBytes);
      if (mischief.forgetful === true) uploads.delete(upload);
      else uploads.set(upload, Buffer.concat([uploads.get(upload)!, kept]));
      request.socket.destroy();
      return undefined;
    }
    return Buffer.concat(parts);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, `http://${host}`);
    const path = url.pathname;
    if (path === '/token') {
      const { status, body } = mischief.token!(request, String(await read(request)));
      return answer(response, status, {}, body);
    }
    if (mischief.first?.(request, response) === true) return;
    const { wants } = mischief;
    if (wants !== undefined && request.headers.authorization !== wants.authorization)
      return answer(response, 401, { 'www-authenticate': wants.challenge(host) });
    const [, digest = ''] = /\/(?:blobs|manifests)\/([^/]+)$/.exec(path) ?? [];
    const upload = /\/uploads\/(\d+)$/.exec(path)?.[1];
    if (request.method === 'POST') {
      const name = String(uploads.size + 1);
      uploads.set(name, Buffer.alloc(0));
      return answer(response, 202, at(name));
    }
    if (upload !== undefined) return await onUpload(request, response, upload, url);
    const kept = path.includes('/manifests/') ? manifests : blobs;
    if (request.method === 'PUT') {
      const sent = (await read(request))!;
      kept.set(digest, sent);
      return answer(response, 201, { 'docker-content-digest': mischief.digest ?? sha256(sent) });
    }
    const content = kept.get(digest);
    if (content === undefined) return answer(response, 404);
    response.writeHead(200, { 'content-length': content.length });
    response.end(request.method === 'HEAD' ? undefined : content);
  }

  async function onUpload(
    request: IncomingMessage,
    response: ServerResponse,
    upload: string,
    url: URL,
  ): Promise<void> {
    const held = uploads.get(upload);
    if (held === undefined) return answer(response, 404, {}, '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}');
    if (request.method === 'GET') return answer(response, 204, at(upload));
    const from = Number(/^(\d+)-/.exec(request.headers['content-range'] ?? '0-')![1]);
    if (from !== held.length) return answer(response, 416, at(upload));
    const more = await read(request, upload);
    if (more === undefined) return;
    const content = Buffer.concat([held, more]);
    uploads.set(upload, content);
    if (request.method === 'PATCH') return answer(response, 202, at(upload));
    const digest = url.searchParams.get('digest')!;
    if (sha256(content) !== digest)
      return answer(response, 400, {}, '{"errors":[{"code":"DIGEST_INVALID"}]}');
    blobs.set(digest, content);
    return answer(response, 201, { 'docker-content-digest': mischief.digest ?? digest });
  }

  const server = createServer((request, response) => {
    const entry = log.push(`${request.method} ${request.url} cut`) - 1;
    response.on('finish', () => {
      log[entry] = `${request.method} ${request.url} ${response.statusCode}`;
    });
    void serve(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return { host, blobs, manifests, log, close };
}
