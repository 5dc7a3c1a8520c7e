// Small damage to valid objects, reproducible by seed: what a slip of the hand or of a template does.

import type { KubeObject } from '../../src/synth/manifests.ts';

export interface Mutant {
  readonly object: KubeObject;
  /** What was done, and where. */
  readonly how: string;
  readonly path: string;
}

type Fields = Record<string, unknown>;

/** Marsaglia's xorshift, 32 bits. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Parents and keys of everything that may be damaged: not what decides where the object is sent. */
function places(value: unknown, path = ''): { parent: Fields; key: string; path: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const at = `${path}/${key}`;
    if (['/apiVersion', '/kind', '/metadata', '/metadata/name', '/metadata/namespace'].includes(at)) {
      return at === '/metadata' ? places(child, at) : [];
    }
    return [{ parent: value as Fields, key, path: at }].concat(places(child, at));
  });
}

const wrongType = (value: unknown): unknown => {
  if (typeof value === 'string') return 42;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value[0] ?? {};
  return [value];
};

const misspelt = (key: string): string =>
  key.length < 3 ? `${key}${key}` : key.slice(0, -2) + key.at(-1)! + key.at(-2)!;

/** Each makes its change in place; on a list it works on what the list holds. */
const DAMAGE: Readonly<Record<string, (parent: Fields, key: string) => void>> = {
  'misspelt field': (parent, key) => {
    if (Array.isArray(parent)) return;
    parent[misspelt(key)] = parent[key];
    delete parent[key];
  },
  'lower case': (parent, key) => {
    if (typeof parent[key] === 'string') parent[key] = parent[key].toLowerCase();
  },
  'wrong type': (parent, key) => {
    parent[key] = wrongType(parent[key]);
  },
  'dropped field': (parent, key) => {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  },
  'another value': (parent, key) => {
    if (typeof parent[key] === 'string') parent[key] += 'x';
    if (typeof parent[key] === 'number') parent[key] += 0.5;
  },
  'null for a value': (parent, key) => {
    parent[key] = null;
  },
  'extra field': (parent, key) => {
    const value = parent[key];
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      (value as Fields)['extra'] = true;
  },
};

/** So many mutants of each object; those that come out unchanged are left out. */
export function mutantsOf(objects: readonly KubeObject[], each: number, seed: number): readonly Mutant[] {
  const pick = random(seed);
  const kinds = Object.keys(DAMAGE);
  return objects.flatMap((object) =>
    Array.from({ length: each }, () => {
      const copy = structuredClone(object);
      const all = places(copy);
      const { parent, key, path } = all[pick(all.length)]!;
      const how = kinds[pick(kinds.length)]!;
      DAMAGE[how]!(parent, key);
      return { object: copy, how, path };
    }).filter((mutant) => JSON.stringify(mutant.object) !== JSON.stringify(object)),
  );
}
