import { basename, dirname } from 'node:path';
import type { FileSystem } from '../../src/output/file-system.ts';

/** Thrown in place of everything that a killed process no longer does. */
export class Killed extends Error {}

export type Call = readonly [name: string, path: string, to?: string];

/** Path → content; `null` for a folder. */
type Entries = Map<string, string | null>;

/** Where a disk goes wrong. Calls are numbered from 0; only those count that change something. */
export interface Faults {
  /** The run is killed before this call. */
  readonly killBefore?: number;
  /** The run is killed in the middle of this call, which is a write: half of the content arrives. */
  readonly killWithin?: number;
  /** This call and all later ones of its kind are refused, as Node would: with this `code`. */
  readonly refuse?: { readonly call: number; readonly code: string };
}

const errno = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });

const must = (isThere: boolean, code: string, path: string): void => {
  if (!isThere) throw errno(code, path);
};

/** A disk in memory that writes down the calls that change it. */
export class MemoryDisk {
  readonly entries: Entries;
  readonly calls: Call[] = [];

  constructor(entries: Entries = new Map([['/', null]])) {
    this.entries = new Map(entries);
  }

  copy(): MemoryDisk {
    return new MemoryDisk(this.entries);
  }

  /** Path → content of each file, in order. */
  snapshot(): Record<string, string> {
    const files = [...this.entries].flatMap(([path, text]) => (text === null ? [] : [[path, text] as const]));
    return Object.fromEntries(files.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Folders that hold nothing, in order. */
  emptyFolders(): readonly string[] {
    const holding = new Set([...this.entries.keys()].map(dirname));
    return [...this.entries.keys()]
      .filter((path) => this.entries.get(path) === null && !holding.has(path))
      .toSorted();
  }

  fileSystem({ killBefore, killWithin, refuse }: Faults = {}): FileSystem {
    const { entries, calls } = this;
    let dead = false;
    let refused: string | undefined;
    const children = new Map<string, Set<string>>();
    const add = (path: string, text: string | null): void => {
      entries.set(path, text);
      children.set(dirname(path), (children.get(dirname(path)) ?? new Set()).add(basename(path)));
    };
    const remove = (path: string): void => {
      entries.delete(path);
      children.get(dirname(path))?.delete(basename(path));
    };
    for (const [path, text] of entries) if (path !== '/') add(path, text);
    const isEmpty = (path: string): boolean => (children.get(path)?.size ?? 0) === 0;
    const alive = (): void => {
      if (dead) throw new Killed();
    };
    const change = (call: Call, act: () => void, half?: () => void): void => {
      alive();
      const index = calls.length;
      calls.push(call);
      if (refuse?.call === index) [refused] = call;
      if (refused === call[0]) {
        half?.();
        throw errno(refuse!.code, call[1]);
      }
      dead = index === killBefore || index === killWithin;
      if (index === killWithin) half?.();
      alive();
      act();
    };
    return {
      pid: 4242,
      isRunning: () => false,
      read: (path) => {
        alive();
        const text = entries.get(path);
        return typeof text === 'string' ? Buffer.from(text) : undefined;
      },
      list: (path) => {
        alive();
        const names = [...(children.get(path) ?? [])];
        return names.map((name) => (entries.get(`${path}/${name}`) === null ? `${name}/` : name)).toSorted();
      },
      write: (path, content) => {
        const text = content.toString();
        change(
          ['write', path],
          () => {
            must(entries.get(dirname(path)) === null, 'ENOENT', path);
            add(path, text);
          },
          () => add(path, text.slice(0, text.length / 2)),
        );
      },
      flush: (path) => change(['flush', path], () => must(entries.has(path), 'ENOENT', path)),
      rename: (from, to) =>
        change(['rename', from, to], () => {
          must(entries.has(from) && entries.get(dirname(to)) === null, 'ENOENT', from);
          if (entries.get(from) !== null) must(entries.get(to) !== null, 'EISDIR', to);
          else must(!entries.has(to) || (entries.get(to) === null && isEmpty(to)), 'ENOTEMPTY', to);
          const inside = [...entries].filter(([path]) => path === from || path.startsWith(`${from}/`));
          for (const [path] of inside) remove(path);
          for (const [path, text] of inside) add(to + path.slice(from.length), text);
        }),
      makeFolder: (path) =>
        change(['makeFolder', path], () => {
          for (let folder = path; folder !== '/'; folder = dirname(folder)) add(folder, null);
        }),
      removeFile: (path) =>
        change(['removeFile', path], () => {
          must(typeof entries.get(path) === 'string', 'ENOENT', path);
          remove(path);
        }),
      removeFolder: (path) =>
        change(['removeFolder', path], () => {
          must(entries.get(path) === null, 'ENOENT', path);
          must(isEmpty(path), 'ENOTEMPTY', path);
          remove(path);
        }),
    };
  }
}
