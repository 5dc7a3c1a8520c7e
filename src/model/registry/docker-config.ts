// Logins as Docker keeps them: in its configuration file, or with a helper that the file names.
// Source: docs.docker.com/reference/cli/docker/login ("Credential stores", "Credential helper protocol").

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a registry is told: a name and its secret, or a token that another token is had for. Never printed. */
export type Login = { readonly user: string; readonly secret: string } | { readonly identityToken: string };

interface Entry {
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, Entry>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

/** Where Docker keeps its configuration. */
export const dockerConfigPath = (env: Environment): string =>
  join(env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker'), 'config.json');

/**
 * The login for a registry, from its own helper, the common one, or the file itself, in this order as in Docker.
 *
 * @returns `undefined` where there is none
 * @throws UserError `REGISTRY` where file or helper cannot be read; never with what they hold
 */
export async function findLogin(registry: string, env: Environment): Promise<Login | undefined> {
  const path = dockerConfigPath(env);
  const config = readConfig(path);
  const helper = namesOf(registry)
    .map((name) => config.credHelpers?.[name])
    .find((found) => found !== undefined);
  const name = helper ?? config.credsStore;
  if (name !== undefined && name !== '') {
    const login = await askHelper(name, serverOf(registry), env, path);
    if (login !== undefined) return login;
  }
  const entries = Object.entries(config.auths ?? {});
  const entry = entries.find(([key]) => namesOf(registry).includes(hostOf(key)))?.[1];
  return entry === undefined ? undefined : loginOf(entry, registry, path);
}

/** Docker Hub stands in the file under an address of its first version. */
const serverOf = (registry: string): string =>
  registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;

const namesOf = (registry: string): readonly string[] =>
  registry === 'docker.io' ? ['docker.io', 'index.docker.io', serverOf(registry)] : [registry];

/** `https://host/v1/`, as older versions wrote it, means the host. */
const hostOf = (key: string): string => key.replace(/^https?:\/\//, '').replace(/\/(v[12]\/?)?$/, '');

function readConfig(path: string): DockerConfig {
  if (!existsSync(path)) return {};
  try {
    const config = JSON.parse(readFileSync(path, 'utf8')) as DockerConfig | null;
    if (typeof config === 'object' && config !== null) return config;
  } catch {
    // Said below: what the parser says may quote the file.
  }
  throw new UserError(
    'REGISTRY',
    `${path} is not Docker's configuration: it cannot be read as JSON`,
    'correct it, or set DOCKER_CONFIG to the folder of another config.json',
  );
}

function loginOf(entry: Entry, registry: string, path: string): Login | undefined {
  if (entry.identitytoken !== undefined && entry.identitytoken !== '')
    return { identityToken: entry.identitytoken };
  if (entry.username !== undefined && entry.password !== undefined)
    return { user: entry.username, secret: entry.password };
  if (entry.auth === undefined || entry.auth === '') return undefined;
  const [, user, secret] = /^([^:]*):([^]*)$/.exec(Buffer.from(entry.auth, 'base64').toString()) ?? [];
  if (user !== undefined && secret !== undefined) return { user, secret: secret.replace(/\0+$/, '') };
  throw new UserError(
    'REGISTRY',
    `the login for ${registry} in ${path} is not a name and a password in base64`,
    `log in again: docker login ${registry}`,
  );
}

/** `docker-credential-NAME get` with the server on stdin answers `{ ServerURL, Username, Secret }` on stdout. */
async function askHelper(
  name: string,
  server: string,
  env: Environment,
  path: string,
): Promise<Login | undefined> {
  const program = `docker-credential-${name}`;
  const failed = (why: string, fix: string): UserError =>
    new UserError('REGISTRY', `${program}, which ${path} names for ${server}, ${why}`, fix);
  if (!/^[\w.-]+$/.test(name))
    throw failed('is no name of a program', 'correct credHelpers and credsStore there');
  const { code, text } = await run(program, server, env);
  if (code === 'ENOENT') throw failed('is not installed', 'install it, or take its name out of that file');
  if (code !== 0) {
    if (/credentials not found/i.test(text)) return undefined;
    throw failed(`failed with ${code}`, `run it by hand: echo ${server} | ${program} get`);
  }
  try {
    const { Username: user, Secret: secret } = JSON.parse(text) as { Username: string; Secret: string };
    if (typeof user === 'string' && typeof secret === 'string')
      return user === '<token>' ? { identityToken: secret } : { user, secret };
  } catch {
    // Said below, without what it printed.
  }
  throw failed('did not print a login', `run it by hand: echo ${server} | ${program} get`);
}

function run(
  program: string,
  input: string,
  env: Environment,
): Promise<{ readonly code: number | string; readonly text: string }> {
  return new Promise((resolve) => {
    const child = execFile(program, ['get'], { env, timeout: 30_000 }, (error, stdout) => {
      const code = error === null ? 0 : (error.code ?? error.signal ?? 'no status');
      resolve({ code, text: stdout });
    });
    // A helper that ends without reading must not end us.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(`${input}\n`);
  });
}
