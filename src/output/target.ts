import { UserError } from '../errors.ts';
import { namedReleases } from '../plan/named-releases.ts';
import type { PlanFile, ReleaseId, Version } from '../plan/plan.ts';
import { formatState } from '../plan/state-file.ts';
import type { RolloutState } from '../plan/state.ts';
import type { Releases } from '../synth/manifests.ts';
import { monitoringFiles } from '../synth/monitoring/monitoring.ts';
import { fleetReadme } from './fleet-readme.ts';
import { fleetFolder, hubFolder, releaseFolder } from './layout.ts';
import { hubFiles } from './hub.ts';
import type { OpenedFleet } from './open.ts';
import { pointerFiles } from './pointers.ts';
import { configFolders, versionsIn, type StoredRelease } from './store.ts';

/** What a fleet's files are to be. Follows from state, plan and releases alone. */
export interface Target {
  readonly stateText: string;
  /** `plan.json`, README, pointers and monitoring: path below `generated/<fleet>/` → text. */
  readonly files: ReadonlyMap<string, string>;
  /** Every release that something names: its folder below `generated/<fleet>/` → its files. */
  readonly releases: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export interface TargetParts {
  readonly state: RolloutState;
  readonly plan: PlanFile;
  readonly planText: string;
  /** What the definition makes; absent for verbs that do not load it. */
  readonly releases?: Releases;
}

/**
 * Work out a fleet's files.
 * @throws UserError `RELEASE_MISSING`, `RELEASE_CHANGED` for a release that something names
 */
export function targetOf(opened: OpenedFleet, { state, plan, planText, releases = {} }: TargetParts): Target {
  const contents = new Map<string, ReadonlyMap<string, string>>();
  for (const [className, ids] of namedReleases(state, plan.wanted)) {
    for (const id of ids) {
      const made = releases[className]?.id === id ? releases[className].files : undefined;
      contents.set(
        releaseFolder(className, id),
        contentOf(opened, className, id, made, plan.classes[className]?.renamedFrom),
      );
    }
  }
  const files = new Map([
    ['plan.json', planText],
    ['README.md', fleetReadme(plan)],
    ...[...hubFiles(plan)].map(([name, text]) => [`${hubFolder(plan.delivery.kind)}/${name}`, text] as const),
  ]);
  for (const [className, { pointers }] of Object.entries(state.classes)) {
    const known = new Map<ReleaseId, readonly string[]>();
    const configsOf = (id: ReleaseId): readonly string[] => {
      const configs = known.get(id) ?? configFolders(contents.get(releaseFolder(className, id))!);
      known.set(id, configs);
      return configs;
    };
    for (const [slice, pointer] of Object.entries(pointers)) {
      for (const [path, text] of pointerFiles(slice, className, pointer, configsOf)) files.set(path, text);
    }
  }
  const versionsOf = (className: string, id: ReleaseId): Readonly<Record<string, Version>> =>
    versionsIn(contents.get(releaseFolder(className, id))!);
  for (const [path, text] of monitoringFiles({ plan, state, versionsOf })) files.set(path, text);
  return { stateText: formatState(state), files, releases: contents };
}

/** The files of a release that something names: stored, made just now, or stored under the class's former name. */
function contentOf(
  opened: OpenedFleet,
  className: string,
  id: ReleaseId,
  made: ReadonlyMap<string, string> | undefined,
  renamedFrom: string | undefined,
): ReadonlyMap<string, string> {
  const stored = opened.store.get(className, id);
  if (stored.status === 'whole') return stored.files;
  // A folder that nothing names yet is our own, unfinished or tampered with: it is written anew.
  const named = isNamed(opened, className, id);
  if (stored.status === 'changed' && (named || made === undefined)) throw unusable(opened, className, stored);
  if (made !== undefined) return made;
  const former = renamedFrom === undefined ? stored : opened.store.get(renamedFrom, id);
  if (former.status !== 'whole') throw unusable(opened, className, stored);
  return former.files;
}

const isNamed = (opened: OpenedFleet, className: string, id: ReleaseId): boolean =>
  opened.state !== undefined && (namedReleases(opened.state).get(className)?.has(id) ?? false);

function unusable(opened: OpenedFleet, className: string, { id, status }: StoredRelease): UserError {
  const folder = `${fleetFolder(opened.name)}/${releaseFolder(className, id)}`;
  const hint = `check it out from Git: git checkout HEAD -- ${folder}`;
  return status === 'missing'
    ? new UserError(
        'RELEASE_MISSING',
        `class ${className}: release ${id} is named and ${folder} is not there`,
        hint,
      )
    : new UserError(
        'RELEASE_CHANGED',
        `class ${className}: the files in ${folder} do not hash to its name; a release is never edited`,
        hint,
      );
}
