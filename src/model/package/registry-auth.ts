// Credentials for registries: Docker's configuration, and the tokens that registries hand out for them.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';

/** Whether a host, with its port or without, is this machine: plain HTTP goes there alone. */
export const isLoopback = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host);

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/**
 * Credentials from Docker's configuration file, as `docker login` writes it.
 * @param env `DOCKER_CONFIG` names its folder; else `.docker` in `HOME`
 * @throws UserError `REGISTRY` where the file cannot be read, or keeps them in a helper program
 */
export function dockerCredentials(
  env: Readonly<Record<string, string | undefined>>,
  host: string,
): Credentials | undefined {
  const folder =
    env['DOCKER_CONFIG'] ?? (env['HOME'] === undefined ? undefined : join(env['HOME'], '.docker'));
  const path = folder === undefined ? undefined : join(folder, 'config.json');
  if (path === undefined || !existsSync(path)) return undefined;
  const config = parse(path);
  const auth = config.auths?.[host]?.auth;
  if (auth !== undefined && auth !== '') {
    const [user = '', ...rest] = Buffer.from(auth, 'base64').toString('utf8').split(':');
    return { user, password: rest.join(':') };
  }
  const helper =
    config.credHelpers?.[host] ?? (config.auths?.[host] === undefined ? undefined : config.credsStore);
  if (helper === undefined) return undefined;
  throw new UserError(
    'REGISTRY',
    `${path} keeps the credentials of ${host} in the helper ${helper}, which is not asked`,
    `put them into a folder of their own, with auths, and name it in DOCKER_CONFIG`,
  );
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, { readonly auth?: string }>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

function parse(path: string): DockerConfig {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as DockerConfig;
  } catch (cause) {
    throw new UserError('REGISTRY', `${path} is not what docker login writes`, 'log in again', { cause });
  }
}

/**
 * What to send in `Authorization` after a registry's 401.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 * @throws UserError `REGISTRY` where there are no credentials, or they are refused
 */
export async function authorize(
  { headers }: Response,
  host: string,
  credentials: Credentials | undefined,
): Promise<string> {
  const challenge = headers.get('www-authenticate') ?? '';
  const basic =
    credentials && `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`;
  if (/^bearer /i.test(challenge)) return `Bearer ${await token(challenge, host, basic)}`;
  if (basic !== undefined) return basic;
  throw new UserError(
    'REGISTRY',
    `${host} wants credentials, and there are none`,
    `log in with docker login ${host}`,
  );
}

async function token(challenge: string, host: string, basic: string | undefined): Promise<string> {
  const parts = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!] as const),
  );
  const url = new URL(parts.get('realm') ?? `https://${host}`);
  if (url.protocol !== 'https:' && !isLoopback(url.host)) {
    throw new UserError(
      'REGISTRY',
      `${host} sends to ${url.origin} for a token, without encryption`,
      'let the registry name a realm with https',
    );
  }
  for (const key of ['service', 'scope']) {
    const value = parts.get(key);
    if (value !== undefined) url.searchParams.set(key, value);
  }
  const response = await fetch(url, basic === undefined ? {} : { headers: { authorization: basic } });
  const answer = (response.ok ? await response.json() : {}) as { token?: string; access_token?: string };
  const found = answer.token ?? answer.access_token;
  if (found !== undefined) return found;
  throw new UserError(
    'REGISTRY',
    `${url.host} gives no token for ${host}: it answers ${response.status}`,
    `log in with docker login ${host}`,
  );
}
