import type { FileSystem } from './file-system.ts';
import { besideOf, foldersAbove, rolloutFile } from './layout.ts';
import { stagedPlanName } from './open.ts';
import type { Work } from './work.ts';

/**
 * Carry out what lies between fleets on disk and what they are to be, so that a kill at any point leaves, for each
 * fleet, the old state or the new one:
 *
 * 1. Everything new is written beside its place, so that a full disk is met here. Until the next step nothing that
 *    a cluster or a verb reads has changed, and a failure takes back what was written.
 * 2. New releases are renamed into place: whole, and named by nothing yet.
 * 3. The rollout file is renamed into place: the commit point. What follows from it can be worked out again.
 * 4. `plan.json`, README and pointers are renamed into place. The plan waited under a name that tells which
 *    rollout file it belongs to, so that no verb ever takes it for another's.
 * 5. What nothing names any more is removed.
 *
 * Only the rollout file is flushed to disk: all else can be made again from it, the definition and Git.
 */
export function carryOut(fs: FileSystem, works: readonly Work[]): void {
  for (const work of works) clearLeftovers(fs, work);
  const undo: (() => void)[] = [];
  try {
    const staged = works.map((work) => stage(fs, work, undo));
    for (const [index, work] of works.entries()) placeReleases(fs, work, staged[index]!, undo);
    for (const [index, work] of works.entries()) {
      if (work.stateText !== undefined) {
        const path = `${work.opened.root}/${rolloutFile(work.opened.name)}`;
        fs.rename(besideOf(path), path);
        // From here on there is something to finish, and nothing to take back.
        undo.length = 0;
        fs.flush(foldersAbove(path)[0]!);
      }
      for (const [from, to] of staged[index]!.files) {
        fs.rename(from, to);
        undo.length = 0;
      }
    }
  } catch (error) {
    takeBack(undo);
    throw error;
  }
  for (const work of works) removeUnwanted(fs, work);
}

/** What waits beside its place: from → to. */
interface Staged {
  readonly releases: readonly (readonly [from: string, to: string])[];
  readonly files: readonly (readonly [from: string, to: string])[];
}

/** A plan that belongs to the rollout file on disk takes its place; what else a killed run left goes. */
function clearLeftovers(fs: FileSystem, { opened }: Work): void {
  const { folder, root, name, found, stagedPlan } = opened;
  if (stagedPlan !== undefined) fs.rename(`${folder}/${stagedPlan}`, `${folder}/plan.json`);
  for (const path of found.leftovers) {
    if (path === stagedPlan) continue;
    if (path.endsWith('/')) fs.removeFolder(`${folder}/${path.slice(0, -1)}`);
    else fs.removeFile(`${folder}/${path}`);
  }
  if (opened.stagedState) fs.removeFile(`${root}/${besideOf(rolloutFile(name))}`);
}

function stage(fs: FileSystem, work: Work, undo: (() => void)[]): Staged {
  const { opened, releases, files, stateText, planText } = work;
  const { folder, root, name, found } = opened;
  const known = new Set(found.folders);
  const makeFolders = (path: string): void => {
    const missing = [path, ...foldersAbove(path)].filter((above) => !known.has(above));
    if (missing.length === 0) return;
    undo.push(...missing.toReversed().map((above) => () => fs.removeFolder(`${folder}/${above}`)));
    fs.makeFolder(`${folder}/${path}`);
    for (const above of missing) known.add(above);
  };
  const write = (path: string, text: string): void => {
    undo.push(() => fs.removeFile(path));
    fs.write(path, text);
  };

  undo.push(() => fs.removeFolder(folder));
  const places: (readonly [string, string])[] = [];
  for (const [path, contents] of releases) {
    const beside = besideOf(path);
    for (const [file, text] of contents) {
      makeFolders(foldersAbove(`${beside}/${file}`)[0]!);
      write(`${folder}/${beside}/${file}`, text);
    }
    places.push([beside, path]);
  }
  const renames: (readonly [string, string])[] = [];
  if (stateText !== undefined) {
    const path = `${root}/${rolloutFile(name)}`;
    fs.makeFolder(`${root}/fleets`);
    write(besideOf(path), stateText);
    fs.flush(besideOf(path));
  }
  if (planText !== undefined) {
    fs.makeFolder(folder);
    const beside =
      stateText === undefined ? besideOf('plan.json') : stagedPlanName(stateText, opened.planText);
    write(`${folder}/${beside}`, planText);
    renames.push([`${folder}/${beside}`, `${folder}/plan.json`]);
  }
  for (const [path, text] of files) {
    const [above] = foldersAbove(path);
    if (above !== undefined) makeFolders(above);
    write(`${folder}/${besideOf(path)}`, text);
    renames.push([`${folder}/${besideOf(path)}`, `${folder}/${path}`]);
  }
  return { releases: places, files: renames };
}

function placeReleases(fs: FileSystem, { opened }: Work, { releases }: Staged, undo: (() => void)[]): void {
  const { folder, found } = opened;
  for (const [from, to] of releases) {
    const inIt = (path: string): boolean => path === to || path.startsWith(`${to}/`);
    for (const path of [...found.files].filter(inIt)) fs.removeFile(`${folder}/${path}`);
    for (const path of found.folders.filter(inIt).toReversed()) fs.removeFolder(`${folder}/${path}`);
    undo.push(() => fs.rename(`${folder}/${to}`, `${folder}/${from}`));
    fs.rename(`${folder}/${from}`, `${folder}/${to}`);
  }
}

function removeUnwanted(fs: FileSystem, { opened, removed, emptied }: Work): void {
  for (const path of removed) fs.removeFile(`${opened.folder}/${path}`);
  for (const path of emptied) fs.removeFolder(`${opened.folder}/${path}`);
}

/** Last first, as far as it goes: what stays is removed by the next run. */
function takeBack(undo: readonly (() => void)[]): void {
  for (const step of undo.toReversed()) {
    try {
      step();
    } catch {
      // The failure that led here is the one to tell.
    }
  }
}
