// A client of one API server: enough to apply, read and watch over objects, with the server's warnings.

import { Agent, request } from 'node:https';
import type { KubeObject } from '../../src/synth/manifests.ts';

export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: T;
  /** What the server warns about: unknown fields, deprecated versions, … */
  readonly warnings: readonly string[];
}

export interface ApplyOptions {
  /** Let the server check and default, and store nothing. */
  readonly dryRun?: boolean;
  /** @default "breakwater-test" */
  readonly fieldManager?: string;
  /** `false`: unknown fields are dropped with a warning, as kubectl does with `--validate=warn`. */
  readonly strict?: boolean;
}

interface ResourceType {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** A refusal of the server. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** An object as the server has it. What its spec and status hold is up to its kind, and to whom asks. */
export interface Live<Spec = unknown, Status = unknown> extends KubeObject {
  readonly metadata: KubeObject['metadata'] & {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly deletionTimestamp?: string;
  };
  readonly spec: Spec;
  readonly status?: Status;
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
}

export class Api {
  readonly url: string;
  readonly #headers: Record<string, string>;
  readonly #agent: Agent;
  readonly #types = new Map<string, ResourceType>();

  /** @param certificate what the server shows, which it signed itself */
  constructor(url: string, token: string, certificate: string) {
    this.url = url;
    this.#headers = { authorization: `Bearer ${token}` };
    this.#agent = new Agent({ ca: certificate, keepAlive: true });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** One request; any status is an answer. */
  send<T = unknown>(
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
    accept = 'application/json',
  ): Promise<Answer<T>> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${this.url}${path}`,
        { method, agent: this.#agent, headers: { ...this.#headers, accept, 'content-type': contentType } },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            // The index of OpenAPI documents is JSON that calls itself text.
            const json = text.startsWith('{');
            resolve({
              status: incoming.statusCode ?? 0,
              body: (json ? JSON.parse(text) : text) as T,
              warnings: [incoming.headers['warning'] ?? []].flat().flatMap(readWarnings),
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Like {@link send}, but a refusal is thrown. */
  async demand<T = unknown>(...parameters: Parameters<Api['send']>): Promise<Answer<T>> {
    const answer = await this.send<T>(...parameters);
    if (answer.status < 300) return answer;
    const { message } = answer.body as { readonly message?: string };
    throw new Refused(
      answer.status,
      message ?? `${parameters[0]} ${parameters[1]}: ${JSON.stringify(answer.body)}`,
    );
  }

  /** Path of an object, or of its collection where `name` is absent. */
  async path(apiVersion: string, kind: string, namespace?: string, name?: string): Promise<string> {
    const { plural, namespaced } = await this.#typeOf(apiVersion, kind);
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const within = namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
    return `${root}${within}/${plural}${name === undefined ? '' : `/${name}`}`;
  }

  async #typeOf(apiVersion: string, kind: string): Promise<ResourceType> {
    const key = `${apiVersion} ${kind}`;
    if (!this.#types.has(key)) {
      const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const { body } = await this.demand<{
        resources: { kind: string; name: string; namespaced: boolean }[];
      }>('GET', root);
      for (const { kind, name, namespaced } of body.resources) {
        if (!name.includes('/')) this.#types.set(`${apiVersion} ${kind}`, { plural: name, namespaced });
      }
    }
    const found = this.#types.get(key);
    if (found === undefined) throw new Refused(404, `the server has no ${kind} in ${apiVersion}`);
    return found;
  }

  /** Server-side apply with strict field validation. */
  async apply(
    object: KubeObject,
    { dryRun = false, fieldManager = 'breakwater-test', strict = true }: ApplyOptions = {},
  ): Promise<Answer<Live>> {
    const { apiVersion, kind, metadata } = object;
    const path = await this.path(apiVersion, kind, metadata.namespace ?? 'default', metadata.name);
    const query = new URLSearchParams({
      fieldManager,
      force: 'true',
      fieldValidation: strict ? 'Strict' : 'Warn',
      ...(dryRun ? { dryRun: 'All' } : {}),
    });
    return this.demand('PATCH', `${path}?${query.toString()}`, object, 'application/apply-patch+yaml');
  }

  /** `undefined` where there is no such object. */
  async get<Spec = unknown, Status = unknown>(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    name: string,
  ): Promise<Live<Spec, Status> | undefined> {
    const { status, body } = await this.send<Live<Spec, Status>>(
      'GET',
      await this.path(apiVersion, kind, namespace, name),
    );
    if (status === 404) return undefined;
    if (status >= 300) throw new Refused(status, JSON.stringify(body));
    return body;
  }

  async list<Spec = unknown, Status = unknown>(
    apiVersion: string,
    kind: string,
    namespace?: string,
    labels = '',
  ): Promise<readonly Live<Spec, Status>[]> {
    const path = await this.path(apiVersion, kind, namespace);
    const { body } = await this.demand<{ items: Live<Spec, Status>[] }>(
      'GET',
      `${path}?labelSelector=${encodeURIComponent(labels)}`,
    );
    return body.items;
  }

  async remove(apiVersion: string, kind: string, namespace: string | undefined, name: string): Promise<void> {
    await this.send('DELETE', await this.path(apiVersion, kind, namespace, name));
  }

  /** JSON merge patch; `subresource` such as `status`. */
  async merge(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    name: string,
    patch: unknown,
    subresource?: string,
  ): Promise<Answer<Live>> {
    const path = await this.path(apiVersion, kind, namespace, name);
    return this.demand(
      'PATCH',
      subresource === undefined ? path : `${path}/${subresource}`,
      patch,
      'application/merge-patch+json',
    );
  }
}

/** Texts of a Warning header: `299 - "text"`, several joined by commas. */
const readWarnings = (header: string): readonly string[] =>
  [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!.replaceAll(/\\(.)/g, '$1'));
