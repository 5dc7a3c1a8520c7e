// Names of repositories, read as Docker and containerd read them.

import { UserError } from '../../errors.ts';

/** A repository of a registry. */
export interface Repository {
  /** As it is written in the definition. */
  readonly text: string;
  /** What Docker's configuration calls the registry: host, and port where it has one. */
  readonly registry: string;
  /** Where it answers, such as `https://registry.example.com`. */
  readonly origin: string;
  /** Path of the repository within its registry. */
  readonly name: string;
}

/** Source: the distribution specification, "Pulling manifests". */
const NAME = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;

/** Docker Hub does not answer under its own name. */
const HUB = { registry: 'docker.io', origin: 'https://registry-1.docker.io' } as const;

/**
 * Read the name of a repository. A first part without dot, colon and other than `localhost` is a path on Docker Hub.
 * A registry on this machine is spoken to in plain HTTP, every other one in HTTPS.
 * @throws UserError `REGISTRY`
 */
export function parseRepository(text: string): Repository {
  const [first = '', ...rest] = text.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const path = hasHost ? rest.join('/') : text;
  const host = hasHost && first !== 'docker.io' && first !== 'index.docker.io' ? first : undefined;
  const origin = host === undefined ? HUB.origin : originOf(host);
  const name = host === undefined && !path.includes('/') ? `library/${path}` : path;
  if (origin === undefined || !NAME.test(name)) {
    throw new UserError(
      'REGISTRY',
      `${JSON.stringify(text)} is not the name of a repository`,
      'write host and path in lower case, without scheme, tag or digest, such as registry.example.com/models/digits',
    );
  }
  return { text, registry: host ?? HUB.registry, origin, name };
}

function originOf(host: string): string | undefined {
  if (!URL.canParse(`https://${host}`)) return undefined;
  const url = new URL(`https://${host}`);
  if (url.pathname !== '/' || url.username !== '' || url.search !== '' || url.hash !== '') return undefined;
  return isLoopback(url) ? `http://${host}` : url.origin;
}

/** Whether a URL leads to this very machine, so that nobody between could read along. */
export const isLoopback = ({ hostname }: URL): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
