// How a registry asks who is there, and what it is told.
// Source: distribution.github.io/distribution/spec/auth/token, …/auth/oauth.

import type { Login } from './docker-config.ts';

/** A `WWW-Authenticate` header, as far as it is understood. */
export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly realm?: string;
  readonly service?: string;
  readonly scope?: string;
}

/** Read a `WWW-Authenticate` header; `undefined` where it names no scheme that is known. */
export function parseChallenge(header: string | null): Challenge | undefined {
  const [, scheme, rest = ''] = /^\s*(basic|bearer)\b(.*)$/i.exec(header ?? '') ?? [];
  if (scheme === undefined) return undefined;
  const values = [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key!.toLowerCase(), value!]);
  const { realm, service, scope } = Object.fromEntries(values) as Partial<Record<string, string>>;
  return {
    scheme: scheme.toLowerCase() as 'basic' | 'bearer',
    ...(realm === undefined ? {} : { realm }),
    ...(service === undefined ? {} : { service }),
    ...(scope === undefined ? {} : { scope }),
  };
}

/** The `Authorization` header of a login; `undefined` for one that only buys a token. */
export const basic = (login: Login | undefined): string | undefined =>
  login === undefined || 'identityToken' in login
    ? undefined
    : `Basic ${Buffer.from(`${login.user}:${login.secret}`).toString('base64')}`;

/** A request for a token, to be sent to the realm of a challenge. */
export interface TokenRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/**
 * How to ask for a token: with name and secret, with an identity token, or as nobody.
 *
 * @param scope wanted; what the challenge names is for one request alone, so a push would ask for two tokens
 */
export function tokenRequest(
  realm: URL,
  { service }: Challenge,
  scope: string,
  login: Login | undefined,
): TokenRequest {
  const asked = new URLSearchParams({ ...(service === undefined ? {} : { service }), scope });
  if (login !== undefined && 'identityToken' in login) {
    asked.set('grant_type', 'refresh_token');
    asked.set('client_id', 'breakwater');
    asked.set('refresh_token', login.identityToken);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url: realm, headers, body: Buffer.from(asked.toString()) };
  }
  const url = new URL(realm);
  for (const [key, value] of asked) url.searchParams.append(key, value);
  const authorization = basic(login);
  return { method: 'GET', url, headers: authorization === undefined ? {} : { authorization } };
}

/** The token of an answer; `undefined` where it has none. */
export function parseToken(body: Uint8Array): string | undefined {
  try {
    const answer = JSON.parse(Buffer.from(body).toString()) as {
      readonly token?: unknown;
      readonly access_token?: unknown;
    } | null;
    const token = answer?.token ?? answer?.access_token;
    return typeof token === 'string' && /^[\x21-\x7E]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
