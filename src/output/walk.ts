import type { FileSystem } from './file-system.ts';
import { isOurFile, isOurFolder, TEMPORARY } from './layout.ts';

/** What stands below one folder of `generated/`. Paths are from that folder, with `/`, in byte order. */
export interface Found {
  /** Ours by their path. */
  readonly files: ReadonlySet<string>;
  /** Ours by their path, each after those it stands in. */
  readonly folders: readonly string[];
  /** What a killed run left: files, then folders (with a trailing `/`), in an order in which they can be removed. */
  readonly leftovers: readonly string[];
  /** Neither: files, and folders (with a trailing `/`) that hold something. */
  readonly foreign: readonly string[];
}

/** Look at everything below a fleet's folder. Reads names only. */
export function walk(fs: FileSystem, folder: string): Found {
  const files = new Set<string>();
  const folders: string[] = [];
  const leftovers: string[] = [];
  const foreign: string[] = [];
  const visit = (prefix: string): void => {
    for (const entry of listIn(fs, folder, prefix)) {
      const path = prefix + entry;
      if (entry.startsWith(TEMPORARY)) leftovers.push(...everythingAt(fs, folder, path));
      else if (!entry.endsWith('/')) {
        if (isOurFile(path)) files.add(path);
        else foreign.push(path);
      } else if (isOurFolder(path.slice(0, -1))) {
        folders.push(path.slice(0, -1));
        visit(path);
      } else if (listIn(fs, folder, path).length > 0) foreign.push(path);
    }
  };
  visit('');
  return { files, folders, leftovers, foreign };
}

/** A file, or a folder after all that it holds. */
export function everythingAt(fs: FileSystem, folder: string, path: string): readonly string[] {
  if (!path.endsWith('/')) return [path];
  const inside = listIn(fs, folder, path).flatMap((entry) => everythingAt(fs, folder, path + entry));
  return [...inside, path];
}

/** @param path below `folder`: empty, or with a trailing `/` */
const listIn = (fs: FileSystem, folder: string, path: string): readonly string[] =>
  fs.list(`${folder}/${path}`.slice(0, -1));
