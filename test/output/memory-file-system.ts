import { dirname } from 'node:path';
import type { FileSystem } from '../../src/output/file-system.ts';

/** Thrown in place of everything that a killed process no longer does. */
export class Killed extends Error {}

export type Call = readonly [name: string, path: string, ...rest: unknown[]];

/** A disk in memory that writes down the calls that change it, and that can be stopped at each. */
export interface MemoryDisk {
  readonly fs: FileSystem;
  /** Path → content. */
  readonly files: Map<string, Buffer>;
  readonly folders: Set<string>;
  /** The calls that change something, since the disk was made. */
  readonly calls: Call[];
  copy(): MemoryDisk;
  /** What stands in it: path → text, in order. */
  snapshot(): Record<string, string>;
}

export interface Faults {
  /** Kill the run before the changing call of this number, from 0. */
  readonly killBefore?: number;
  /** Kill the run after it. */
  readonly killAfter?: number;
  /** Kill the run in the middle of it: a write leaves half of its content. */
  readonly killWithin?: number;
  /** Refuse the call of this number and all later ones of the same kind, as Node would: its `code`. */
  readonly refuse?: { readonly call: number; readonly code: string };
}

const errno = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });

export function memoryDisk(
  faults: Faults = {},
  files = new Map<string, Buffer>(),
  folders = new Set<string>(['/']),
): MemoryDisk {
  const calls: Call[] = [];
  let dead = false;
  const alive = (): void => {
    if (dead) throw new Killed();
  };
  const change = (call: Call, act: () => void, half?: () => void): void => {
    alive();
    const index = calls.length;
    const { refuse } = faults;
    if (refuse && index >= refuse.call && call[0] === (calls[refuse.call]?.[0] ?? call[0])) {
      if (index === refuse.call) calls.push(call);
      half?.();
      throw errno(refuse.code, call[1]);
    }
    calls.push(call);
    if (faults.killBefore === index) dead = true;
    else if (faults.killWithin === index) {
      half?.();
      dead = true;
    } else {
      act();
      if (faults.killAfter === index) dead = true;
    }
    alive();
  };
  const entries = (path: string): string[] => [
    ...[...files.keys()].filter((file) => dirname(file) === path).map((file) => file.slice(path.length + 1)),
    ...[...folders]
      .filter((folder) => folder !== '/' && dirname(folder) === path)
      .map((folder) => `${folder.slice(path.length + 1)}/`),
  ];
  const disk: MemoryDisk = {
    files,
    folders,
    calls,
    copy: () => memoryDisk({}, new Map(files), new Set(folders)),
    snapshot: () =>
      Object.fromEntries(
        [...files.keys()].toSorted().map((path): [string, string] => [path, files.get(path)!.toString()]),
      ),
    fs: {
      pid: 4242,
      isRunning: () => false,
      read: (path) => {
        alive();
        return files.get(path);
      },
      list: (path) => {
        alive();
        return entries(path).toSorted();
      },
      write: (path, content) =>
        change(
          ['write', path, content],
          () => {
            if (!folders.has(dirname(path))) throw errno('ENOENT', path);
            files.set(path, Buffer.from(content));
          },
          () => files.set(path, Buffer.from(content).subarray(0, Math.floor(content.length / 2))),
        ),
      flush: (path) => change(['flush', path], () => undefined),
      rename: (from, to) =>
        change(['rename', from, to], () => {
          if (files.has(from)) {
            if (folders.has(to)) throw errno('EISDIR', to);
            files.set(to, files.get(from)!);
            files.delete(from);
            return;
          }
          if (!folders.has(from)) throw errno('ENOENT', from);
          if (folders.has(to) && entries(to).length > 0) throw errno('ENOTEMPTY', to);
          const moved = (path: string): string => to + path.slice(from.length);
          const inside = (path: string): boolean => path === from || path.startsWith(`${from}/`);
          for (const folder of [...folders].filter(inside)) {
            folders.delete(folder);
            folders.add(moved(folder));
          }
          for (const [file, content] of [...files].filter(([file]) => inside(file))) {
            files.delete(file);
            files.set(moved(file), content);
          }
        }),
      makeFolder: (path) =>
        change(['makeFolder', path], () => {
          for (let folder = path; folder !== '/'; folder = dirname(folder)) folders.add(folder);
        }),
      removeFile: (path) =>
        change(['removeFile', path], () => {
          if (!files.delete(path)) throw errno('ENOENT', path);
        }),
      removeFolder: (path) =>
        change(['removeFolder', path], () => {
          if (!folders.has(path)) throw errno('ENOENT', path);
          if (entries(path).length > 0) throw errno('ENOTEMPTY', path);
          folders.delete(path);
        }),
    },
  };
  return disk;
}
