import type { CheckReport } from '../check/finding.ts';
import type { RolloutSubject, StoredRelease } from '../check/rule.ts';
import type { OpenedFleet } from '../output/open.ts';
import { namedReleases } from '../plan/named-releases.ts';
import type { PlanFile, ReleaseId } from '../plan/plan.ts';
import type { RolloutState } from '../plan/state.ts';
import type { Releases } from '../synth/manifests.ts';
import type { BuiltFleet } from './build-fleets.ts';
import { type Io, progress } from './io.ts';

/** By fleet: the plan to compare with; `undefined` where the fleet is new; no entry where nothing can be compared. */
export type PlansBefore = ReadonlyMap<string, PlanFile | undefined>;

/** What fleets are checked beside. */
export interface Beside {
  /** Absent where there is no reference to compare with. */
  readonly before?: PlansBefore | undefined;
  /** By fleet: pointers that are not written yet, instead of those in the rollout file. */
  readonly states?: ReadonlyMap<string, RolloutState>;
}

/**
 * Let the rules look at fleets, each with its pointers and the releases that these name.
 * @returns one report for each fleet
 * @throws UserError `ROLLOUT_MISSING`, `ROLLOUT_CONFLICT`, `ROLLOUT_SYNTAX`
 */
export async function checkBuilt(
  fleets: readonly BuiltFleet[],
  { before, states }: Beside,
  io: Io,
): Promise<readonly CheckReport[]> {
  const { checkFleet } = await import('../check/check.ts');
  const { nodeFileSystem } = await import('../output/node-file-system.ts');
  const { openFleet, refuseMissingRollout } = await import('../output/open.ts');
  const { planFile } = await import('../output/plan-file.ts');
  const { rules } = await import('../rules/index.ts');
  const today = new Date(io.now()).toISOString().slice(0, 10);
  const reports: CheckReport[] = [];
  for (const { loaded, plan, releases } of fleets) {
    const { name } = loaded.spec;
    progress(io, `checking ${name}`);
    const after = planFile(plan, releases);
    const objects = Object.fromEntries(
      Object.entries(releases).map(([of, release]) => [of, release.objects.map(({ object }) => object)]),
    );
    const opened = openFleet(nodeFileSystem, io.cwd, name);
    refuseMissingRollout(opened);
    const state = states?.get(name) ?? opened.state;
    reports.push(
      await checkFleet(
        {
          loaded,
          plan,
          releases,
          rollout: state && { state, plan: after, stored: storedReleases(state, opened, after, releases) },
          change: before?.has(name) ? { before: before.get(name), after, objects } : undefined,
        },
        { rules, today },
      ),
    );
  }
  progress(io, '');
  return reports;
}

/** Every release that pointers name: as it is stored, also under a class's former name, or as it was made just now. */
function storedReleases(
  state: RolloutState,
  { store }: OpenedFleet,
  plan: PlanFile,
  releases: Releases,
): RolloutSubject['stored'] {
  const byClass = [...namedReleases(state)].map(([name, ids]) => {
    const made = releases[name];
    const former = plan.classes[name]?.renamedFrom;
    const release = (id: ReleaseId): StoredRelease => {
      const stored = store.get(name, id);
      if (stored.status !== 'missing') return stored;
      if (made?.id === id) return { id, status: 'whole', versions: made.versions };
      return former === undefined ? stored : store.get(former, id);
    };
    return [name, new Map([...ids].map((id) => [id, release(id)]))] as const;
  });
  return new Map(byClass);
}
