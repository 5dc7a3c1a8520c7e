import type { ReleaseId, Version } from '../plan/plan.ts';
import { releaseId } from '../synth/release-id.ts';
import type { FileSystem } from './file-system.ts';
import { releaseFile } from './layout.ts';

/** A release as it stands in `generated/`. */
export interface StoredRelease {
  readonly id: ReleaseId;
  /** `whole`: its files hash to its id. `missing`: there is no such folder. `changed`: they hash to something else. */
  readonly status: 'whole' | 'missing' | 'changed';
  /** By workload, as `release.json` says; empty unless whole. */
  readonly versions: Readonly<Record<string, Version>>;
  /** Path from the release's folder → text, in byte order of paths. */
  readonly files: ReadonlyMap<string, string>;
}

/** The stored releases of a fleet. Each is read and hashed at most once, when it is asked for. */
export interface Store {
  /** Ids of what is stored, by class. */
  readonly ids: ReadonlyMap<string, readonly ReleaseId[]>;
  get(className: string, id: ReleaseId): StoredRelease;
}

/**
 * @param folder absolute path of `generated/<fleet>`
 * @param paths the files below it
 */
export function openStore(fs: FileSystem, folder: string, paths: Iterable<string>): Store {
  const pathsOf = new Map<string, Map<ReleaseId, string[]>>();
  for (const path of paths) {
    const at = releaseFile(path);
    if (!at) continue;
    const ofClass = pathsOf.get(at.class) ?? new Map<ReleaseId, string[]>();
    pathsOf.set(at.class, ofClass);
    const ofRelease = ofClass.get(at.release) ?? [];
    ofClass.set(at.release, ofRelease);
    ofRelease.push(path);
  }
  const known = new Map<string, StoredRelease>();
  return {
    ids: new Map([...pathsOf].map(([className, releases]) => [className, [...releases.keys()]])),
    get(className, id) {
      const key = `${className}/${id}`;
      const stored = known.get(key) ?? readRelease(fs, folder, id, pathsOf.get(className)?.get(id) ?? []);
      known.set(key, stored);
      return stored;
    },
  };
}

function readRelease(fs: FileSystem, folder: string, id: ReleaseId, paths: readonly string[]): StoredRelease {
  const files = inByteOrder(
    paths.map((path) => [releaseFile(path)!.path, fs.read(`${folder}/${path}`)?.toString('utf8') ?? '']),
  );
  return judgeRelease(id, files);
}

/** Whether files are the release that they are said to be. */
export function judgeRelease(id: ReleaseId, files: ReadonlyMap<string, string>): StoredRelease {
  if (files.size === 0) return { id, status: 'missing', versions: {}, files };
  if (releaseId(files) !== id) return { id, status: 'changed', versions: {}, files };
  return { id, status: 'whole', versions: versionsIn(files), files };
}

/** By workload, as a whole release's `release.json` says. */
export function versionsIn(files: ReadonlyMap<string, string>): Readonly<Record<string, Version>> {
  const { versions } = JSON.parse(files.get('release.json') ?? '{}') as Partial<StoredRelease>;
  return versions ?? {};
}

/** Names of the folders in a release's `config/`, in byte order. */
export const configFolders = (files: ReadonlyMap<string, string>): readonly string[] => [
  ...new Set([...files.keys()].flatMap((path) => /^config\/([^/]+)\//.exec(path)?.[1] ?? [])),
];

function inByteOrder(files: readonly (readonly [path: string, text: string])[]): Map<string, string> {
  return new Map(files.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
}
