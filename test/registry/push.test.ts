import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { missingFrom, pushImage, type Pushed, type PushOptions } from '../../src/model/registry/push.ts';
import { openSession, type SessionOptions } from '../../src/model/registry/session.ts';
import { standIn, type Mischief, type StandIn } from './stand-in.ts';
import { storedImage } from './stored.ts';

const open: StandIn[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((registry) => registry.close()));
});

async function start(mischief?: Mischief): Promise<StandIn> {
  const registry = await standIn(mischief);
  open.push(registry);
  return registry;
}

const image = storedImage();
const session = (registry: { readonly host: string }, options: Partial<SessionOptions> = {}) =>
  openSession(`${registry.host}/models/digits`, {
    env: { DOCKER_CONFIG: '/nowhere' },
    actions: 'pull,push',
    pauseMs: 1,
    ...options,
  });

const push = (
  registry: StandIn,
  options: PushOptions = {},
  sessionOptions: Partial<SessionOptions> = {},
  what = image,
): Promise<Pushed> => pushImage(what, session(registry, sessionOptions), options);

/** What a user reads, ports and long digests taken out. */
async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `error[${error.code}]: ${error.message}\n  fix: ${error.hint}\n`
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:5000')
      .replaceAll(/(sha256:[0-9a-f]{8})[0-9a-f]{56}/g, '$1…');
  }
  return 'no failure';
}

const refusing =
  (method: string, status: number, body = '') =>
  (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== method) return false;
    response.writeHead(status);
    response.end(body);
    return true;
  };

test('an image is sent once: blobs, manifests, then the index; what is there is skipped', async () => {
  const registry = await start();
  expect(await push(registry)).toEqual({ sent: 8, sentBytes: expect.any(Number), there: 0 });
  expect([registry.blobs.size, registry.manifests.size]).toEqual([4, 5]);
  const puts = registry.log.filter((line) => line.startsWith('PUT'));
  expect(puts.at(-2)).toContain(image.index.digest);
  expect(await push(registry)).toEqual({ sent: 0, sentBytes: 0, there: 8 });
  const [, lost] = [...registry.blobs.keys()];
  registry.blobs.delete(lost!);
  expect(await missingFrom(session(registry), image.index.digest)).toEqual([lost]);
  expect(await push(registry)).toMatchObject({ sent: 1, there: 7 });
  expect(await missingFrom(session(registry), image.index.digest)).toEqual([]);
});

test('a tag that nothing refers to keeps the image from being cleaned away, and is put back', async () => {
  const registry = await start();
  await push(registry);
  const tag = `breakwater-${image.index.digest.slice(7, 19)}`;
  expect([...registry.manifests.keys()].filter((name) => !name.startsWith('sha256:'))).toEqual([tag]);
  registry.manifests.delete(tag);
  expect(await push(registry)).toMatchObject({ sent: 0 });
  expect(registry.manifests.has(tag)).toBe(true);
});

test('a registry that has nothing lacks the index', async () => {
  expect(await missingFrom(session(await start()), image.index.digest)).toEqual([image.index.digest]);
});

const large = storedImage(300_000);

test('a large layer goes in pieces, and progress is told in bytes', async () => {
  const registry = await start();
  const told: string[] = [];
  const onProgress = (done: number, total: number): void => void told.push(`${done}/${total}`);
  await push(registry, { pieceBytes: 100_000, onProgress }, {}, large);
  expect(registry.log.filter((line) => line.startsWith('PATCH')).length).toBe(3);
  const [done, total] = told.at(-1)!.split('/');
  expect(done).toBe(total);
  expect(await missingFrom(session(registry), large.index.digest)).toEqual([]);
});

test('an upload whose connection breaks goes on from where the registry is', async () => {
  const registry = await start({ cut: { afterBytes: 65_536, times: 3 } });
  await push(registry, {}, {}, large);
  expect(await missingFrom(session(registry), large.index.digest)).toEqual([]);
  const layer = registry.log.filter((line) => /uploads\/2\?/.test(line)).map((line) => line.split(' ')[0]);
  expect(layer).toEqual(['PUT', 'GET', 'PUT', 'GET', 'PUT', 'GET', 'PUT']);
});

test('an upload that the registry forgot starts again', async () => {
  const registry = await start({ cut: { afterBytes: 65_536, times: 2 }, forgetful: true });
  await push(registry, { pieceBytes: 100_000 }, {}, large);
  expect(await missingFrom(session(registry), large.index.digest)).toEqual([]);
});

test('a connection that breaks each time at the same byte is given up', async () => {
  const registry = await start({ cut: { afterBytes: 65_536, times: 99 }, forgetful: true });
  expect(await failure(push(registry, {}, {}, large))).toMatchInlineSnapshot(`
    "error[REGISTRY]: registry 127.0.0.1:5000 broke off the upload of sha256:30a3049b… for 127.0.0.1:5000/models/digits (ECONNRESET)
      fix: run it again: what is there is not sent twice
    "
  `);
});

test('a registry that fails for a moment is asked again', async () => {
  let failing = 3;
  const registry = await start({
    first: (request, response) => {
      if (request.method !== 'POST' || failing === 0) return false;
      failing -= 1;
      return refusing('POST', 503)(request, response);
    },
  });
  expect(await push(registry)).toMatchObject({ sent: 8 });
});

const refusals: readonly (readonly [string, NonNullable<Mischief['first']>])[] = [
  ['401 without a login', refusing('HEAD', 401)],
  ['403', refusing('POST', 403, '{"errors":[{"code":"DENIED","message":"secret-of-the-server"}]}')],
  ['404', refusing('POST', 404, '{"errors":[{"code":"NAME_UNKNOWN"}]}')],
  ['413', refusing('PUT', 413)],
  ['500', refusing('HEAD', 500)],
  ['500 in an upload', refusing('PUT', 500, '{"errors":[{"code":"UNKNOWN"}]}')],
  ['a status nobody expects', refusing('POST', 418)],
  ['an upload without an address', refusing('POST', 202)],
  ['an upload that arrives damaged', refusing('PUT', 400, '{"errors":[{"code":"DIGEST_INVALID"}]}')],
];

test('what a registry refuses is said with what to do, and nothing of what it says in sentences', async () => {
  let text = '';
  for (const [name, first] of refusals) text += `${name}\n${await failure(push(await start({ first })))}`;
  expect(text).not.toContain('secret');
  expect(text).toMatchInlineSnapshot(`
    "401 without a login
    error[REGISTRY]: registry 127.0.0.1:5000 wants a login for 127.0.0.1:5000/models/digits, and /nowhere/config.json has none for it
      fix: docker login 127.0.0.1:5000, or set DOCKER_CONFIG to the folder of a config.json that has one
    403
    error[REGISTRY]: registry 127.0.0.1:5000 answers the upload of sha256:a019e99d… for 127.0.0.1:5000/models/digits with 403 (DENIED): who asks may not do that
      fix: let the account use models/digits, or log in with another: docker login 127.0.0.1:5000
    404
    error[REGISTRY]: registry 127.0.0.1:5000 answers the upload of sha256:a019e99d… for 127.0.0.1:5000/models/digits with 404 (NAME_UNKNOWN): it has no such repository
      fix: create it there, or correct repository in the model's definition
    413
    error[REGISTRY]: registry 127.0.0.1:5000 answers the upload of sha256:a019e99d… for 127.0.0.1:5000/models/digits with 413: it takes no request of that size
      fix: raise the limit of the registry, or of the proxy in front of it
    500
    error[REGISTRY]: registry 127.0.0.1:5000 answers the question for sha256:a019e99d… for 127.0.0.1:5000/models/digits with 500
      fix: see the registry's log, then run it again: what is there is not sent twice
    500 in an upload
    error[REGISTRY]: registry 127.0.0.1:5000 answers the upload of sha256:a019e99d… for 127.0.0.1:5000/models/digits with 500 (UNKNOWN)
      fix: see the registry's log, then run it again: what is there is not sent twice
    a status nobody expects
    error[REGISTRY]: registry 127.0.0.1:5000 answers the upload of sha256:a019e99d… for 127.0.0.1:5000/models/digits with 418
      fix: see the registry's log
    an upload without an address
    error[REGISTRY]: registry 127.0.0.1:5000 answers the upload of sha256:a019e99d… for 127.0.0.1:5000/models/digits otherwise than the distribution protocol says
      fix: see whether repository in the model's definition names a registry, and the registry's log
    an upload that arrives damaged
    error[REGISTRY]: registry 127.0.0.1:5000 answers the upload of sha256:a019e99d… for 127.0.0.1:5000/models/digits with 400 (DIGEST_INVALID): it received other bytes than were sent
      fix: see to the network, then run it again: what is there is not sent twice
    "
  `);
});

test('a registry that answers with another digest than was sent is not believed', async () => {
  const registry = await start({ digest: `sha256:${'0'.repeat(64)}` });
  expect(await failure(push(registry))).toMatchInlineSnapshot(`
    "error[REGISTRY]: registry 127.0.0.1:5000 answers with sha256:00000000… where 127.0.0.1:5000/models/digits has sha256:a019e99d…
      fix: ask who runs it: the registry, or a proxy in front of it, changes what it stores
    "
  `);
});

test('a manifest that a registry changed is found when it is asked for', async () => {
  const registry = await start();
  await push(registry);
  registry.manifests.set(image.index.digest, Buffer.from('{}'));
  expect(await failure(missingFrom(session(registry), image.index.digest))).toMatchInlineSnapshot(`
    "error[REGISTRY]: registry 127.0.0.1:5000 answers with sha256:44136fa3… where 127.0.0.1:5000/models/digits has sha256:8c41f755…
      fix: ask who runs it: the registry, or a proxy in front of it, changes what it stores
    "
  `);
});

test('a slow registry is waited for so long and no longer', async () => {
  const registry = await start({ first: () => true });
  expect(await failure(push(registry, {}, { timeoutMs: 50 }))).toMatchInlineSnapshot(`
    "error[REGISTRY]: registry 127.0.0.1:5000 did not answer the question for sha256:a019e99d… for 127.0.0.1:5000/models/digits within 0.05 s
      fix: run it again: what is there is not sent twice
    "
  `);
});

test('a redirect to nowhere is an answer like any other', async () => {
  const registry = await start({
    first: (_request, response) => {
      response.writeHead(307, { location: 'http://[' });
      response.end();
      return true;
    },
  });
  expect(await failure(push(registry))).toContain('with 307');
});

test('a host that does not answer', async () => {
  const gone = await standIn();
  await gone.close();
  expect(await failure(push(gone))).toMatchInlineSnapshot(`
    "error[REGISTRY]: registry 127.0.0.1:5000 cannot be reached for 127.0.0.1:5000/models/digits: ECONNREFUSED
      fix: correct repository in the model's definition, or see to the network and the registry's certificate
    "
  `);
  const far = openSession('registry.invalid/models/digits', { env: {}, actions: 'pull,push' });
  expect((await failure(pushImage(image, far))).replace(/EAI_AGAIN|ENOTFOUND/, 'CODE'))
    .toMatchInlineSnapshot(`
    "error[REGISTRY]: registry registry.invalid cannot be reached for registry.invalid/models/digits: CODE
      fix: correct repository in the model's definition, or see to the network and the registry's certificate
    "
  `);
});

test('an upload is not sent to plain HTTP elsewhere', async () => {
  const registry = await start({ location: 'http://storage.example.com' });
  expect(await failure(push(registry))).toMatchInlineSnapshot(`
    "error[REGISTRY]: registry 127.0.0.1:5000 leads to plain HTTP at storage.example.com for 127.0.0.1:5000/models/digits
      fix: let the registry name itself by https: behind a proxy, pass X-Forwarded-Proto on, or set its own address
    "
  `);
});
