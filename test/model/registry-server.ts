// A registry on this machine for tests: Debian's docker-registry where it is installed, and a stand-in that can misbehave.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';

export interface TestRegistry {
  readonly host: string;
  /** Method and path of each request, ids of uploads left out; of the stand-in alone. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** How the stand-in misbehaves; `undefined`: not at all. */
export interface Faults {
  /** Requests that are answered 500 before one is served. */
  failures?: number;
  /** Uploads whose connection is cut, of more than 4,000 bytes. */
  cuts?: number;
  /** Says that it stored this digest. */
  answers?: string;
  /** Wants a token, which it gives to this user and password. */
  login?: string;
  /** Refuses whatever it is sent. */
  refuses?: number;
}

const DEBIAN = '/usr/bin/docker-registry';

/** The real registry where it is installed, else the stand-in. */
export const startRegistry = (): Promise<TestRegistry> =>
  existsSync(DEBIAN) ? startDebian() : startStandIn();

async function startDebian(): Promise<TestRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-registry-'));
  const port = await freePort();
  writeFileSync(
    join(folder, 'config.yml'),
    `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${folder} } }\nhttp: { addr: 127.0.0.1:${port} }\n`,
  );
  const child = spawn(DEBIAN, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const host = `127.0.0.1:${port}`;
  for (let left = 100; !(await answers(host)) && left > 0; left--)
    await new Promise((done) => setTimeout(done, 50));
  return {
    host,
    asked: [],
    async stop() {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

const answers = (host: string): Promise<boolean> =>
  fetch(`http://${host}/v2/`).then(
    ({ ok }) => ok,
    () => false,
  );

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** A registry in this process, in memory. */
export async function startStandIn(faults: Faults = {}): Promise<TestRegistry> {
  const stored = new Map<string, Buffer>();
  const uploads = new Map<string, Buffer>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void serve(request, response);
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://stand-in');
    const body = await bodyOf(request).catch(() => Buffer.alloc(0));
    asked.push(
      `${request.method} ${url.pathname.replace(/uploads\/\d+/, 'uploads/…').replace(/[0-9a-f]{52}$/, '')}`,
    );
    const end = (status: number, headers: Record<string, string> = {}, content?: Buffer): void => {
      response.writeHead(status, headers);
      response.end(content);
    };
    if (url.pathname === '/token') {
      const wanted = `Basic ${Buffer.from(faults.login ?? '').toString('base64')}`;
      end(request.headers.authorization === wanted ? 200 : 401, {}, Buffer.from('{"token":"t"}'));
      return;
    }
    if (faults.login !== undefined && request.headers.authorization !== 'Bearer t') {
      end(401, { 'www-authenticate': `Bearer realm="http://${host}/token",service="stand-in",scope="push"` });
      return;
    }
    if (faults.refuses !== undefined) return end(faults.refuses);
    if ((faults.failures ?? 0) > 0) {
      faults.failures! -= 1;
      return end(500);
    }
    const [, kind = '', rest = ''] = /\/(blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === 'blobs' && rest.startsWith('uploads')) {
      if (request.method === 'POST') {
        const id = String(uploads.size);
        uploads.set(id, Buffer.alloc(0));
        return end(202, { location: `${url.pathname}${id}` });
      }
      const id = rest.slice('uploads/'.length);
      if ((faults.cuts ?? 0) > 0 && body.byteLength > 4000) {
        faults.cuts! -= 1;
        // Half of what came is kept.
        uploads.set(
          id,
          Buffer.concat([
            uploads.get(id)!,
            request.method === 'PATCH' ? body.subarray(0, body.byteLength / 2) : Buffer.alloc(0),
          ]),
        );
        request.socket.destroy();
        return;
      }
      const whole = Buffer.concat([uploads.get(id)!, body]);
      uploads.set(id, whole);
      const location = url.pathname;
      if (request.method !== 'PUT')
        return end(request.method === 'GET' ? 204 : 202, { location, range: `0-${whole.byteLength - 1}` });
      return store(url.searchParams.get('digest')!, whole);
    }
    if (request.method === 'PUT') return store(rest, body);
    const content = stored.get(rest);
    return end(content === undefined ? 404 : 200, {}, request.method === 'GET' ? content : undefined);

    function store(reference: string, whole: Buffer): void {
      const digest = `sha256:${createHash('sha256').update(whole).digest('hex')}`;
      if (reference.startsWith('sha256:') && reference !== digest) return end(400);
      stored.set(reference, whole);
      return end(201, { 'docker-content-digest': faults.answers ?? digest });
    }
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    asked,
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
