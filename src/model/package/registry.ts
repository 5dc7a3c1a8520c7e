// Pushing images over the OCI distribution protocol.
// Source: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md

import { UserError } from '../../errors.ts';
import type { Blob, ModelImage } from './image.ts';
import { authorize, isLoopback, type Credentials } from './registry-auth.ts';

/** Where an image goes: `registry.example.com/models/digits`. */
export interface Repository {
  /** Host, and port where it is not the usual one. */
  readonly host: string;
  readonly name: string;
}

export interface PushOptions {
  /** Of a host; `undefined` where there are none. */
  credentials(host: string): Credentials | undefined;
  /** What is happening, for a line of progress. */
  progress?(text: string): void;
}

const TRIES = 3;
const PAUSE_MS = 200;
const PATIENCE_MS = 60_000;
/** Blobs above this go up in pieces, so that a lost connection costs one piece. */
const PIECE_BYTES = 8 * 2 ** 20;

/** @throws UserError `REGISTRY` for what is no repository of a registry */
export function parseRepository(text: string): Repository {
  const match = /^([a-z0-9.-]+(?::\d+)?|\[::1\](?::\d+)?)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)$/.exec(text);
  if (match === null) {
    throw new UserError(
      'REGISTRY',
      `${JSON.stringify(text)} is not a repository of a registry`,
      'write host and name, such as registry.example.com/models/digits',
    );
  }
  return { host: match[1]!, name: match[2]! };
}

interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** How often it may be sent; default 3. Once, where the registry may keep a part of what it was sent. */
  readonly tries?: number;
}

const pause = (attempt: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, PAUSE_MS * attempt);
  });

/** A session with one repository of a registry. */
export class Registry {
  readonly #repository: Repository;
  readonly #base: string;
  readonly #options: PushOptions;
  #authorization: string | undefined;

  constructor(repository: Repository, options: PushOptions) {
    const { host, name } = repository;
    this.#repository = repository;
    this.#base = `${isLoopback(host) ? 'http' : 'https'}://${host}/v2/${name}/`;
    this.#options = options;
  }

  /** Whether the registry has what a digest names. @throws UserError `REGISTRY` */
  async has(digest: string): Promise<boolean> {
    const { status } = await this.#ask('HEAD', `manifests/${digest}`, { headers: { accept: ACCEPTED } });
    if (status === 200 || status === 404) return status === 200;
    throw this.#refused(`asking for ${digest}`, status);
  }

  /**
   * Push an image: blobs that are missing, then what names them, so that a push that is cut short leaves nothing half.
   * @returns bytes that went up, and how many blobs were there already
   * @throws UserError `REGISTRY`
   */
  async push(image: ModelImage): Promise<{ readonly bytes: number; readonly skipped: number }> {
    const { index, manifests, blobs } = image;
    let [bytes, skipped] = [0, 0];
    for (const blob of blobs) {
      const { status } = await this.#ask('HEAD', `blobs/${blob.digest}`);
      if (status === 200) skipped += 1;
      else if (status === 404) {
        this.#options.progress?.(`pushing ${blob.digest.slice(0, 19)} (${blob.content.byteLength} bytes)`);
        await this.#again(() => this.#upload(blob));
        bytes += blob.content.byteLength;
      } else throw this.#refused(`asking for ${blob.digest}`, status);
    }
    for (const manifest of manifests) await this.#name(manifest, manifest.digest);
    await this.#name(index, index.digest);
    // What no tag names, registries may clean away.
    await this.#name(index, tagOf(index.digest));
    return { bytes, skipped };
  }

  async #name({ content, mediaType, digest }: Blob, reference: string): Promise<void> {
    const headers = { 'content-type': mediaType };
    const { status, headers: answer } = await this.#ask('PUT', `manifests/${reference}`, {
      headers,
      body: content,
    });
    if (status !== 201) throw this.#refused(`naming ${reference}`, status);
    this.#same(digest, answer.get('docker-content-digest'));
  }

  /** Do it again from the start where the connection was lost or the registry failed: half an upload may stand there. */
  async #again<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        const passing = error instanceof UserError && error.cause !== undefined;
        if (!passing || attempt === TRIES) throw error;
        await pause(attempt);
      }
    }
  }

  async #upload({ content, digest }: Blob): Promise<void> {
    const begun = await this.#ask('POST', 'blobs/uploads/', { headers: { 'content-length': '0' } });
    if (begun.status !== 202) throw this.#refused(`beginning to push ${digest}`, begun.status);
    let place = this.#location(begun);
    let at = 0;
    for (let left = TRIES; content.byteLength > PIECE_BYTES && at < content.byteLength;) {
      const piece = content.subarray(at, at + PIECE_BYTES);
      const headers = {
        'content-type': 'application/octet-stream',
        'content-range': `${at}-${at + piece.byteLength - 1}`,
      };
      try {
        const sent = await this.#ask('PATCH', place, { headers, body: piece, tries: 1 });
        if (sent.status !== 202) throw this.#refused(`pushing ${digest}`, sent.status);
        place = this.#location(sent);
        at += piece.byteLength;
      } catch (error) {
        if (--left === 0) throw error;
        const state = await this.#ask('GET', place);
        at = Number(/^0-(\d+)$/.exec(state.headers.get('range') ?? '')?.[1] ?? -1) + 1;
        place = this.#location(state);
      }
    }
    const url = new URL(place);
    url.searchParams.set('digest', digest);
    const headers = { 'content-type': 'application/octet-stream' };
    const done = await this.#ask('PUT', url.href, { headers, body: content.subarray(at), tries: 1 });
    if (done.status !== 201) throw this.#refused(`pushing ${digest}`, done.status);
    this.#same(digest, done.headers.get('docker-content-digest'));
  }

  #same(digest: string, answered: string | null): void {
    if (answered === null || answered === digest) return;
    throw new UserError(
      'REGISTRY',
      `${this.#repository.host} stored ${answered} where ${digest} was pushed`,
      'do not use this image: something between here and the registry changes what is pushed',
    );
  }

  #location({ headers }: Response): string {
    return new URL(headers.get('location') ?? '', this.#base).href;
  }

  /** One request, again where the registry fails or the connection is lost, and with credentials where it asks for them. */
  async #ask(
    method: string,
    path: string,
    { tries = TRIES, ...init }: RequestOptions = {},
  ): Promise<Response> {
    const url = new URL(path, this.#base);
    for (let attempt = 1; ; attempt++) {
      const response = await this.#once(method, url, init);
      if (response instanceof Response) {
        if (response.status === 401 && this.#authorization === undefined) {
          const { host } = this.#repository;
          this.#authorization = await authorize(response, host, this.#options.credentials(host));
          continue;
        }
        if (response.status < 500 || attempt >= tries) return response;
      } else if (attempt >= tries) {
        throw new UserError(
          'REGISTRY',
          `${url.host} does not answer ${method} ${url.pathname}: ${response.message}`,
          'check the connection and the name of the registry, then push again: what is there already is skipped',
          { cause: response },
        );
      }
      await pause(attempt);
    }
  }

  async #once(
    method: string,
    url: URL,
    {
      headers = {},
      body,
    }: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Uint8Array },
  ): Promise<Response | Error> {
    const own = url.origin === new URL(this.#base).origin && this.#authorization !== undefined;
    try {
      const response = await fetch(url, {
        method,
        headers: { ...headers, ...(own ? { authorization: this.#authorization! } : {}) },
        ...(body === undefined ? {} : { body: new Uint8Array(body) }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return response;
    } catch (error) {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      return cause instanceof Error ? cause : new Error(String(cause));
    }
  }

  #refused(doing: string, status: number): UserError {
    const { host, name } = this.#repository;
    const hint =
      status === 401 || status === 403
        ? `log in with docker login ${host}, as one who may push to ${name}`
        : status >= 500
          ? 'try again later: what is there already is skipped'
          : 'check that the repository exists and takes OCI images';
    const cause = status >= 500 ? { cause: status } : {};
    return new UserError('REGISTRY', `${host}/${name} answers ${status} to ${doing}`, hint, cause);
  }
}

const ACCEPTED = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';

/** A tag that keeps an image from being cleaned away; nothing refers to it. */
const tagOf = (digest: string): string => `breakwater-${digest.slice(7, 19)}`;
