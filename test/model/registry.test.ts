import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { UserError } from '../../src/errors.ts';
import { buildImage, type ModelImage } from '../../src/model/package/image.ts';
import { parseRepository, Registry, type PushOptions } from '../../src/model/package/registry.ts';
import { dockerCredentials } from '../../src/model/package/registry-auth.ts';
import { project } from '../project.ts';
import { startRegistry, startStandIn, type Faults, type TestRegistry } from './registry-server.ts';

const image = (bytes = 5000): ModelImage =>
  buildImage([{ path: 'digits/1/model.tflite', content: new Uint8Array(bytes).fill(7) }], { note: 'test' });

let running: TestRegistry | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function against(faults: Faults): Promise<TestRegistry> {
  running = await startStandIn(faults);
  return running;
}

const session = ({ host }: TestRegistry, options: Partial<PushOptions> = {}): Registry =>
  new Registry(parseRepository(`${host}/models/digits`), { credentials: () => undefined, ...options });

/** Code, message and hint of a refusal, the port left out. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: unknown) => {
      const { code, message, hint } = error as UserError;
      return `${code}: ${message}; ${hint}`.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');
    },
  );

/** An image as another tool pulls it: skopeo where it is installed, else what the registry holds. */
async function pulled({ host }: TestRegistry, digest: string): Promise<string> {
  const reference = `${host}/models/digits@${digest}`;
  if (!existsSync('/usr/bin/skopeo')) {
    const answer = await fetch(`http://${host}/v2/models/digits/manifests/${digest}`);
    return `sha256:${Buffer.from(await crypto.subtle.digest('SHA-256', await answer.arrayBuffer())).toString('hex')}`;
  }
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-pull-'));
  try {
    const to = `oci:${join(folder, 'image')}`;
    execFileSync(
      'skopeo',
      ['copy', '--all', '--preserve-digests', '--src-tls-verify=false', `docker://${reference}`, to],
      {
        stdio: 'pipe',
      },
    );
    const list = JSON.parse(readFileSync(join(folder, 'image/index.json'), 'utf8')) as {
      manifests: { digest: string }[];
    };
    return list.manifests[0]!.digest;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('an image is pushed to a real registry once, and pulled back by its digest', async () => {
  running = await startRegistry();
  const registry = session(running);
  const built = image();
  expect(await registry.has(built.index.digest)).toBe(false);
  const layer = built.blobs.at(-1)!.content.byteLength;
  const { bytes, skipped } = await registry.push(built);
  expect(bytes).toBeGreaterThan(layer);
  expect(skipped).toBe(0);
  expect(await registry.has(built.index.digest)).toBe(true);
  expect(await registry.push(built)).toEqual({ bytes: 0, skipped: 4 });
  expect(await pulled(running, built.index.digest)).toBe(built.index.digest);
});

test('a large layer goes up in pieces, to a real registry too', async () => {
  running = await startRegistry();
  const large = image(20 * 2 ** 20);
  const { bytes } = await session(running).push(large);
  expect(bytes).toBeGreaterThan(20 * 2 ** 20);
  expect(await pulled(running, large.index.digest)).toBe(large.index.digest);
});

test('what is named by others is pushed before them, and a tag keeps it', async () => {
  const registry = await against({});
  await session(registry).push(image());
  const puts = registry.asked
    .filter((line) => line.startsWith('PUT'))
    .map((line) => line.replace(/sha256:.*/, 'digest'));
  expect(puts).toMatchInlineSnapshot(`
    [
      "PUT /v2/models/digits/blobs/uploads/…",
      "PUT /v2/models/digits/blobs/uploads/…",
      "PUT /v2/models/digits/blobs/uploads/…",
      "PUT /v2/models/digits/blobs/uploads/…",
      "PUT /v2/models/digits/manifests/digest",
      "PUT /v2/models/digits/manifests/digest",
      "PUT /v2/models/digits/manifests/digest",
      "PUT /v2/models/digits/manifests/digest",
      "PUT /v2/models/digits/manifests/breakwater-d4405640ae92",
    ]
  `);
});

test('a registry that fails for a while is asked again; a cut upload goes on where it was', async () => {
  const large = image(10 * 2 ** 20);
  expect((await session(await against({ failures: 2 })).push(image())).skipped).toBe(0);
  await running!.stop();
  const registry = await against({ cuts: 1 });
  await session(registry).push(large);
  expect(await session(registry).has(large.index.digest)).toBe(true);
  expect(registry.asked.filter((line) => line.startsWith('GET'))).toEqual([
    'GET /v2/models/digits/blobs/uploads/…',
  ]);
});

test.each([
  ['answers 500 for good', { refuses: 500 }],
  ['forbids', { refuses: 403 }],
  ['cuts every upload', { cuts: 99 }],
  ['stores another digest', { answers: 'sha256:00' }],
  ['wants credentials where there are none', { login: 'user:secret' }],
] as const)('a registry that %s is an error that says what to do', async (_what, faults) => {
  expect(await refusal(session(await against({ ...faults })).push(image()))).toMatchSnapshot();
});

test('a registry that cannot be reached, and what is no repository, are errors', async () => {
  const gone = { host: '127.0.0.1:40001', asked: [], stop: () => Promise.resolve() };
  expect(await refusal(session(gone).push(image()))).toMatchInlineSnapshot(
    `"REGISTRY: HOST does not answer HEAD /v2/models/digits/blobs/sha256:d3cfc9a1f4b9370bfa3e485b2efd8f46ce096532b76663c7d4147b08f058971e: connect ECONNREFUSED HOST; check the connection and the name of the registry, then push again: what is there already is skipped"`,
  );
  expect(() => parseRepository('digits')).toThrow('"digits" is not a repository of a registry');
});

test("credentials come from Docker's file and buy a token", async () => {
  const registry = await against({ login: 'user:se:cret' });
  const auth = Buffer.from('user:se:cret').toString('base64');
  const folder = project({
    'config.json': JSON.stringify({
      auths: { [registry.host]: { auth } },
      credHelpers: { 'ghcr.io': 'pass' },
    }),
    'broken/config.json': '{',
  });
  const credentials = (host: string): ReturnType<typeof dockerCredentials> =>
    dockerCredentials({ DOCKER_CONFIG: folder }, host);
  expect((await session(registry, { credentials }).push(image())).skipped).toBe(0);
  expect(credentials('registry.example.com')).toBeUndefined();
  expect(() => credentials('ghcr.io')).toThrow('keeps the credentials of ghcr.io in the helper pass');
  expect(() => dockerCredentials({ DOCKER_CONFIG: join(folder, 'broken') }, 'x')).toThrow(
    'is not what docker login writes',
  );
  const wrong = session(registry, { credentials: () => ({ user: 'user', password: 'no' }) });
  expect(await refusal(wrong.push(image()))).toMatchInlineSnapshot(
    `"REGISTRY: HOST gives no token for HOST: it answers 401; log in with docker login HOST"`,
  );
});
