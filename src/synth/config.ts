import { UserError } from '../errors.ts';
import { shortDigest } from './digest.ts';
import type { KubeObject } from './manifests.ts';

/** Stands for the digest in names until all of the workload's config is known. As long as the digest itself. */
const PENDING = 'c-pending-----';

/** The limit of the API server, keys and values together. */
const LARGEST_BYTES = 2 ** 20;

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** The immutable ConfigMaps of one workload. */
export interface WorkloadConfig {
  /** Name of its folder in `config/`, such as `inference-c0123456789ab`. */
  readonly folder: string;
  readonly objects: readonly KubeObject[];
}

/**
 * Collects the immutable ConfigMaps of one workload while its objects are made.
 *
 * They are named by the digest of them all, so that a changed one is a new one, and pods that are not replaced yet
 * keep the old.
 */
export class ConfigCollector {
  readonly #workload: string;
  readonly #maps = new Map<string, Readonly<Record<string, string>>>();

  constructor(workload: string) {
    this.#workload = workload;
  }

  /**
   * @returns a name to mount that stands for the final one, see {@link ConfigCollector.settle}
   * @throws UserError `FLEET_SYNTH`
   */
  add(name: string, data: Readonly<Record<string, string>>): string {
    const refuse = (what: string, hint: string): never => {
      throw new UserError(
        'FLEET_SYNTH',
        `configMap("${name}") of workload "${this.#workload}" ${what}`,
        hint,
      );
    };
    if (!NAME.test(name)) refuse('is no part of a name', 'use lower-case letters, digits and "-"');
    let bytes = 0;
    for (const [key, value] of Object.entries(data)) {
      if (!KEY.test(key)) refuse(`has the key "${key}"`, 'use letters, digits, "-", "_" and "."');
      if (typeof value !== 'string') refuse(`has ${typeof value} under "${key}"`, 'write a string');
      bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    }
    if (bytes > LARGEST_BYTES) {
      refuse(`holds ${bytes} bytes, of at most ${LARGEST_BYTES}`, 'put large files into an image');
    }
    const before = this.#maps.get(name);
    if (before !== undefined && shortDigest(before) !== shortDigest(data)) {
      refuse('is made twice with different data', 'give each its own name');
    }
    this.#maps.set(name, { ...data });
    return `${this.#workload}-${name}-${PENDING}`;
  }

  /** Names and data. What the digest is of. */
  get data(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    return Object.fromEntries(this.#maps);
  }

  /** The ConfigMaps with their final names; `undefined` where there are none. */
  config(namespace: string, labels: Readonly<Record<string, string>>): WorkloadConfig | undefined {
    if (this.#maps.size === 0) return undefined;
    const objects = [...this.#maps]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, data]) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: `${this.#workload}-${name}-${this.#suffix()}`, namespace, labels },
        immutable: true,
        data,
      }));
    return { folder: `${this.#workload}-${this.#suffix()}`, objects };
  }

  /** Put the final names into objects that were made with those that {@link ConfigCollector.add} gave. */
  settle<T>(value: T): T {
    if (this.#maps.size === 0) return value;
    const suffix = this.#suffix();
    const pending = [...this.#maps.keys()].map((name) => `${this.#workload}-${name}-`);
    const visit = (item: unknown): unknown => {
      if (typeof item === 'string') {
        if (!item.includes(PENDING)) return item;
        return pending.reduce((text, name) => text.replaceAll(name + PENDING, name + suffix), item);
      }
      if (Array.isArray(item)) return item.map(visit);
      if (typeof item !== 'object' || item === null) return item;
      return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, visit(inner)]));
    };
    return visit(value) as T;
  }

  #suffix(): string {
    return `c${shortDigest(this.data)}`;
  }
}
