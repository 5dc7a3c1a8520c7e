import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { env as ownEnv } from 'node:process';
import { afterEach, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { findLogin } from '../../src/model/registry/docker-config.ts';
import { missingFrom } from '../../src/model/registry/push.ts';
import { openSession } from '../../src/model/registry/session.ts';
import { parseChallenge } from '../../src/model/registry/token.ts';
import { standIn, type Mischief, type StandIn } from './stand-in.ts';

const open: StandIn[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((registry) => registry.close()));
});

async function start(mischief: Mischief): Promise<StandIn> {
  const registry = await standIn(mischief);
  open.push(registry);
  return registry;
}

const DIGEST = `sha256:${'0'.repeat(64)}`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** An environment whose Docker has this configuration, and helpers that run these scripts. */
function docker(
  config: object | string,
  helpers: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-docker-'));
  writeFileSync(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  for (const [name, script] of Object.entries(helpers)) {
    const file = join(folder, `docker-credential-${name}`);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }
  return { DOCKER_CONFIG: folder, PATH: `${folder}${delimiter}${ownEnv['PATH']}` };
}

const ask = (registry: StandIn, env: Readonly<Record<string, string>>): Promise<readonly string[]> =>
  missingFrom(openSession(`${registry.host}/models/digits`, { env, actions: 'pull', pauseMs: 1 }), DIGEST);

/** What a user reads, folders and ports taken out. */
async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `error[${error.code}]: ${error.message}\n  fix: ${error.hint}\n`
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:5000')
      .replaceAll(/\/\S*breakwater-docker-\w+/g, '/docker')
      .replaceAll(/(sha256:0{8})0{56}/g, '$1…');
  }
  return 'no failure';
}

const basicOnly = { authorization: `Basic ${base64('ada:secret')}`, challenge: () => 'Basic realm="x"' };
const bearer = {
  authorization: 'Bearer good-token',
  challenge: (host: string) =>
    `Bearer realm="http://${host}/token",service="stand-in",scope="repository:models/digits:pull"`,
};

test('a registry that wants name and secret gets those of Docker, and only after it asked', async () => {
  const registry = await start({ wants: basicOnly });
  const env = docker({ auths: { [registry.host]: { auth: base64('ada:secret') } } });
  expect(await ask(registry, env)).toEqual([DIGEST]);
  expect(registry.log.map((line) => line.split(' ').at(-1))).toEqual(['401', '404']);
});

test('a registry that wants a token is asked where to get it, for what, and by whom', async () => {
  let seen = '';
  const registry = await start({
    wants: bearer,
    token: (request) => {
      seen = `${request.method} ${request.url} ${request.headers.authorization}`;
      return { status: 200, body: '{"token":"good-token"}' };
    },
  });
  const env = docker({ auths: { [registry.host]: { auth: base64('ada:sec:ret') } } });
  expect(await ask(registry, env)).toEqual([DIGEST]);
  expect(seen).toBe(
    `GET /token?service=stand-in&scope=repository%3Amodels%2Fdigits%3Apull Basic ${base64('ada:sec:ret')}`,
  );
});

test('an identity token buys a token', async () => {
  let seen = '';
  const registry = await start({
    wants: bearer,
    token: (_request, body) => {
      seen = body;
      return { status: 200, body: '{"access_token":"good-token"}' };
    },
  });
  const env = docker({ auths: { [`https://${registry.host}/v1/`]: { identitytoken: 'identity' } } });
  expect(await ask(registry, env)).toEqual([DIGEST]);
  expect(seen).toBe(
    'service=stand-in&scope=repository%3Amodels%2Fdigits%3Apull&grant_type=refresh_token&client_id=breakwater&refresh_token=identity',
  );
});

test('a public repository needs no login where its registry gives tokens to anybody', async () => {
  const registry = await start({
    wants: bearer,
    token: () => ({ status: 200, body: '{"token":"good-token"}' }),
  });
  expect(await ask(registry, docker({}))).toEqual([DIGEST]);
});

test('helpers are asked as Docker asks them', async () => {
  const env = docker(
    {
      auths: { 'a.example.com': {} },
      credHelpers: { 'b.example.com': 'own' },
      credsStore: 'common',
    },
    {
      common:
        'read server; echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"$1\\",\\"Secret\\":\\"$server\\"}"',
      own: 'echo \'{"Username":"<token>","Secret":"identity"}\'',
    },
  );
  expect(await findLogin('a.example.com', env)).toEqual({ user: 'get', secret: 'a.example.com' });
  expect(await findLogin('b.example.com', env)).toEqual({ identityToken: 'identity' });
  expect(await findLogin('docker.io', env)).toEqual({
    user: 'get',
    secret: 'https://index.docker.io/v1/',
  });
});

test('a helper that knows nothing is no failure, and the file is read instead', async () => {
  const config = { credsStore: 'none', auths: { 'a.example.com': { auth: base64('ada:secret') } } };
  const env = docker(config, { none: 'echo "credentials not found in native keychain"; exit 1' });
  expect(await findLogin('a.example.com', env)).toEqual({ user: 'ada', secret: 'secret' });
  expect(await findLogin('b.example.com', env)).toBeUndefined();
});

test('what a helper does wrong is said without what it printed', async () => {
  let text = '';
  for (const [name, config, helpers] of [
    ['is not there', { credsStore: 'absent' }, {}],
    ['fails', { credsStore: 'bad' }, { bad: 'echo secret-of-the-helper; exit 3' }],
    ['prints something else', { credsStore: 'bad' }, { bad: 'echo secret-of-the-helper' }],
    ['is a path', { credsStore: '../bad' }, {}],
  ] as const)
    text += `${name}\n${await failure(findLogin('a.example.com', docker(config, helpers)))}`;
  expect(text).not.toContain('secret');
  expect(text).toMatchInlineSnapshot(`
    "is not there
    error[REGISTRY]: docker-credential-absent, which /docker/config.json names for a.example.com, is not installed
      fix: install it, or take its name out of that file
    fails
    error[REGISTRY]: docker-credential-bad, which /docker/config.json names for a.example.com, failed with 3
      fix: run it by hand: echo a.example.com | docker-credential-bad get
    prints something else
    error[REGISTRY]: docker-credential-bad, which /docker/config.json names for a.example.com, did not print a login
      fix: run it by hand: echo a.example.com | docker-credential-bad get
    is a path
    error[REGISTRY]: docker-credential-../bad, which /docker/config.json names for a.example.com, is no name of a program
      fix: correct credHelpers and credsStore there
    "
  `);
});

test('a configuration that cannot be read is named without what it holds', async () => {
  let text = '';
  for (const [name, config] of [
    ['is no JSON', '{ "auths": secret'],
    ['has a login that is none', { auths: { 'a.example.com': { auth: base64('secret') } } }],
  ] as const)
    text += `${name}\n${await failure(findLogin('a.example.com', docker(config)))}`;
  expect(text).not.toContain('secret');
  expect(text).toMatchInlineSnapshot(`
    "is no JSON
    error[REGISTRY]: /docker/config.json is not Docker's configuration: it cannot be read as JSON
      fix: correct it, or set DOCKER_CONFIG to the folder of another config.json
    has a login that is none
    error[REGISTRY]: the login for a.example.com in /docker/config.json is not a name and a password in base64
      fix: log in again: docker login a.example.com
    "
  `);
});

test('a login that is missing, and one that is refused', async () => {
  const plain = await start({ wants: basicOnly });
  expect(await failure(ask(plain, docker({})))).toMatchInlineSnapshot(`
    "error[REGISTRY]: registry 127.0.0.1:5000 wants a login for 127.0.0.1:5000/models/digits, and /docker/config.json has none for it
      fix: docker login 127.0.0.1:5000, or set DOCKER_CONFIG to the folder of a config.json that has one
    "
  `);
  const wrong = docker({ auths: { [plain.host]: { auth: base64('ada:wrong-secret') } } });
  expect(await failure(ask(plain, wrong))).toMatchInlineSnapshot(`
    "error[REGISTRY]: registry 127.0.0.1:5000 refuses the login from /docker/config.json for 127.0.0.1:5000/models/digits
      fix: log in again: docker login 127.0.0.1:5000
    "
  `);
  const tokens = await start({
    wants: bearer,
    token: () => ({ status: 401, body: '' }),
  });
  expect(await failure(ask(tokens, docker({})))).toMatchInlineSnapshot(`
    "error[REGISTRY]: registry 127.0.0.1:5000 wants a login for 127.0.0.1:5000/models/digits, and /docker/config.json has none for it
      fix: docker login 127.0.0.1:5000, or set DOCKER_CONFIG to the folder of a config.json that has one
    "
  `);
  const nobody = await start({
    wants: bearer,
    token: () => ({ status: 200, body: '{"token":"token-of-nobody"}' }),
  });
  expect(await failure(ask(nobody, docker({})))).toMatchInlineSnapshot(`
    "error[REGISTRY]: registry 127.0.0.1:5000 wants a login for 127.0.0.1:5000/models/digits, and /docker/config.json has none for it
      fix: docker login 127.0.0.1:5000, or set DOCKER_CONFIG to the folder of a config.json that has one
    "
  `);
  const refused = docker({ auths: { [tokens.host]: { auth: base64('ada:wrong-secret') } } });
  expect(await failure(ask(tokens, refused))).toMatchInlineSnapshot(`
    "error[REGISTRY]: registry 127.0.0.1:5000 refuses the login from /docker/config.json for 127.0.0.1:5000/models/digits
      fix: log in again: docker login 127.0.0.1:5000
    "
  `);
});

test('a token service that gives no token', async () => {
  let text = '';
  for (const [name, token] of [
    ['500', { status: 500, body: '' }],
    ['no token', { status: 200, body: '<html>secret</html>' }],
  ] as const)
    text += `${name}\n${await failure(ask(await start({ wants: bearer, token: () => token }), docker({})))}`;
  expect(text).not.toContain('secret');
  expect(text).toMatchInlineSnapshot(`
    "500
    error[REGISTRY]: 127.0.0.1:5000, which registry 127.0.0.1:5000 names for logins, gives no token for 127.0.0.1:5000/models/digits: it answers with 500
      fix: see its log, or run it again later; see whether repository in the model's definition is right
    no token
    error[REGISTRY]: 127.0.0.1:5000, which registry 127.0.0.1:5000 names for logins, gives no token for 127.0.0.1:5000/models/digits: it answers with 200
      fix: see its log, or run it again later; see whether repository in the model's definition is right
    "
  `);
});

test('a login is not sent to a token service in plain HTTP elsewhere', async () => {
  const registry = await start({
    wants: { ...bearer, challenge: () => 'Bearer realm="http://auth.example.com/token"' },
  });
  const env = docker({ auths: { [registry.host]: { auth: base64('ada:secret') } } });
  expect(await failure(ask(registry, env))).toMatchInlineSnapshot(`
    "error[REGISTRY]: registry 127.0.0.1:5000 leads to plain HTTP at auth.example.com for 127.0.0.1:5000/models/digits
      fix: let the registry name itself by https: behind a proxy, pass X-Forwarded-Proto on, or set its own address
    "
  `);
});

test('a login is not sent along to where a registry keeps its blobs', async () => {
  let seen: string | undefined = 'not asked';
  const storage = await start({
    first: (request, response) => {
      seen = request.headers.authorization;
      response.writeHead(404);
      response.end();
      return true;
    },
  });
  const registry = await start({
    first: (request, response) => {
      if (request.headers.authorization === undefined) return false;
      response.writeHead(307, { location: `http://${storage.host}/elsewhere` });
      response.end();
      return true;
    },
    wants: basicOnly,
  });
  const env = docker({ auths: { [registry.host]: { auth: base64('ada:secret') } } });
  expect(await ask(registry, env)).toEqual([DIGEST]);
  expect(seen).toBeUndefined();
});

test('a challenge is read in any case of letters, and what it lacks is not there', () => {
  expect(parseChallenge('bearer Realm="https://a/token", SERVICE="b"')).toEqual({
    scheme: 'bearer',
    realm: 'https://a/token',
    service: 'b',
  });
  expect(parseChallenge('Basic')).toEqual({ scheme: 'basic' });
  expect(parseChallenge('Negotiate abc')).toBeUndefined();
  expect(parseChallenge(null)).toBeUndefined();
});
