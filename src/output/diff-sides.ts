import type { PlanFile } from '../plan/plan.ts';
import type { RolloutState } from '../plan/state.ts';
import type { Releases } from '../synth/manifests.ts';
import type { FileSystem } from './file-system.ts';
import type { DiffSide } from './fleet-diff.ts';
import { openFleet, planOf, type OpenedFleet } from './open.ts';

/** Root of the paths that files at a reference are given under. */
const ROOT = '/reference';

/**
 * A fleet as it stands on disk.
 * @throws UserError `PLAN_SYNTAX`
 */
export const sideOf = (opened: OpenedFleet): DiffSide => ({
  plan: opened.planText === undefined ? undefined : planOf(opened),
  state: opened.state,
  release: (className, id) => {
    const stored = opened.store.get(className, id);
    return stored.status === 'whole' ? stored : undefined;
  },
});

/**
 * A fleet as a commit has it.
 *
 * @param files path from the repository's root → content, of `generated/<fleet>/` and the rollout file
 * @throws UserError `PLAN_SYNTAX`, `ROLLOUT_SYNTAX`, `ROLLOUT_CONFLICT`
 */
export const sideOfFiles = (fleet: string, files: ReadonlyMap<string, Buffer>): DiffSide =>
  sideOf(openFleet(readOnly(files), ROOT, fleet));

/** A fleet as `synth` would leave it. */
export const sideToBe = (
  opened: OpenedFleet,
  made: { readonly plan: PlanFile; readonly state: RolloutState; readonly releases: Releases },
): DiffSide => ({
  plan: made.plan,
  state: made.state,
  release: (className, id) => {
    const release = made.releases[className];
    return release?.id === id ? release : sideOf(opened).release(className, id);
  },
});

const refuse = (path: string): never => {
  throw new Error(`${path} belongs to a commit and is only read`);
};

/** Files in memory, to be read like a disk. */
function readOnly(files: ReadonlyMap<string, Buffer>): FileSystem {
  const folders = new Map<string, Set<string>>();
  for (const path of files.keys()) {
    const parts = path.split('/');
    for (const [depth, part] of parts.entries()) {
      const folder = [ROOT, ...parts.slice(0, depth)].join('/');
      const entries = folders.get(folder) ?? new Set();
      folders.set(folder, entries.add(depth === parts.length - 1 ? part : `${part}/`));
    }
  }
  return {
    read: (path) => files.get(path.slice(ROOT.length + 1)),
    list: (path) =>
      [...(folders.get(path) ?? [])].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    write: refuse,
    flush: refuse,
    rename: refuse,
    makeFolder: refuse,
    removeFile: refuse,
    removeFolder: refuse,
    pid: 0,
    isRunning: () => false,
  };
}
