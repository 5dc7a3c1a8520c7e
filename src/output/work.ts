import type { FileSystem } from './file-system.ts';
import { besideOf, fleetFolder, foldersAbove, releaseFile, releaseFolder, rolloutFile } from './layout.ts';
import type { OpenedFleet } from './open.ts';
import type { Target } from './target.ts';

/** What lies between a fleet on disk and what it is to be. Paths are below `generated/<fleet>/`. */
export interface Work {
  readonly opened: OpenedFleet;
  /** The new rollout file; `undefined` where it stays as it is. */
  readonly stateText: string | undefined;
  /** The new `plan.json`; `undefined` where it stays as it is. */
  readonly planText: string | undefined;
  /** Releases that are not there, or not whole: folder → files. */
  readonly releases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Pointers and README that are not there or differ: path → text. */
  readonly files: ReadonlyMap<string, string>;
  /** Files of ours that nothing wants, pointers before the releases that they point to. */
  readonly removed: readonly string[];
  /** Folders of ours that will be empty, each before those it stands in. */
  readonly emptied: readonly string[];
}

/** One file that differs, as Flux would say it. */
export interface Change {
  /** From the repository's root. */
  readonly file: string;
  readonly change: 'created' | 'configured' | 'deleted';
}

/** Compare a fleet with what it is to be. Reads pointers and README; the rest is known. */
export function workFor(fs: FileSystem, opened: OpenedFleet, target: Target): Work {
  const { found, folder } = opened;
  const files = new Map(
    [...target.files].filter(
      ([path, text]) =>
        path !== 'plan.json' &&
        !(found.files.has(path) && fs.read(`${folder}/${path}`)?.equals(Buffer.from(text))),
    ),
  );
  const releases = new Map(
    [...target.releases].filter(([path]) => {
      const [, className, id] = path.split('/') as [string, string, string];
      return opened.store.get(className, id).status !== 'whole';
    }),
  );
  const isWanted = (path: string): boolean => {
    const at = releaseFile(path);
    if (!at) return target.files.has(path);
    return target.releases.get(releaseFolder(at.class, at.release))?.has(at.path) ?? false;
  };
  const kept = new Set(
    [
      ...target.files.keys(),
      ...[...target.releases].flatMap(([path, files]) => [...files.keys()].map((file) => `${path}/${file}`)),
    ].flatMap(foldersAbove),
  );
  const planText = target.files.get('plan.json');
  return {
    opened,
    stateText: target.stateText === opened.stateText ? undefined : target.stateText,
    planText: planText === opened.planText ? undefined : planText,
    releases,
    files,
    removed: [...found.files]
      .filter((path) => !isWanted(path))
      .toSorted((a, b) => Number(b.startsWith('slices/')) - Number(a.startsWith('slices/'))),
    emptied: found.folders.filter((path) => !kept.has(path)).toReversed(),
  };
}

/** Whether there is nothing to do. */
export const isDone = (work: Work): boolean =>
  changesOf(work).length === 0 && work.emptied.length === 0 && work.opened.found.leftovers.length === 0;

/**
 * The files that a piece of work creates, configures and deletes, in the order of their paths; what a killed run
 * left among them.
 */
export function changesOf({ opened, stateText, planText, releases, files, removed }: Work): Change[] {
  const { name, found } = opened;
  const written = [
    ...(planText === undefined && opened.stagedPlan === undefined ? [] : ['plan.json']),
    ...files.keys(),
    ...[...releases].flatMap(([folder, of]) =>
      [...of].flatMap(([path, text]) => {
        const [, className, id] = folder.split('/') as [string, string, string];
        return opened.store.get(className, id).files.get(path) === text ? [] : [`${folder}/${path}`];
      }),
    ),
  ];
  const changes = [
    ...written.map((path): Change => {
      const change = found.files.has(path) ? 'configured' : 'created';
      return { file: `${fleetFolder(name)}/${path}`, change };
    }),
    ...[...removed, ...found.leftovers.filter(isFile)].map((path): Change => ({
      file: `${fleetFolder(name)}/${path}`,
      change: 'deleted',
    })),
  ];
  if (opened.stagedState) changes.push({ file: besideOf(rolloutFile(name)), change: 'deleted' });
  if (stateText !== undefined) {
    const change = opened.stateText === undefined ? 'created' : 'configured';
    changes.push({ file: rolloutFile(name), change });
  }
  return changes.toSorted((a, b) => Buffer.compare(Buffer.from(a.file), Buffer.from(b.file)));
}

const isFile = (path: string): boolean => !path.endsWith('/');
