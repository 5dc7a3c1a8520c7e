import { place, type Placement } from '../plan/place.ts';
import type { Plan, PlanFile } from '../plan/plan.ts';
import type { Releases } from '../synth/manifests.ts';
import type { FileSystem } from './file-system.ts';
import { refuseForeign } from './foreign.ts';
import { withLock } from './lock.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { classesWithPointers, openFleet, refuseMissingRollout } from './open.ts';
import { formatPlan, planFile } from './plan-file.ts';
import { reporting } from './reporting.ts';
import { targetOf } from './target.ts';
import { carryOut } from './transaction.ts';
import { changesOf, isDone, workFor, type Change, type Work } from './work.ts';

/** What one definition makes. */
export interface Synthesized {
  readonly plan: Plan;
  readonly releases: Releases;
}

export interface SynthRequest {
  readonly fs?: FileSystem;
  /** Absolute path of the repository: of the folder that holds `fleets/` and `generated/`. */
  readonly root: string;
  readonly fleets: readonly Synthesized[];
  /** The version of Breakwater that runs. */
  readonly breakwater: string;
}

/** What became, or would become, of one fleet. */
export interface SynthOutcome {
  readonly fleet: string;
  readonly plan: PlanFile;
  readonly placement: Placement;
  /** In the order of paths; empty: every file was as it is to be. */
  readonly changes: readonly Change[];
}

/**
 * Place what definitions make and write the files that follow. All fleets are worked out before the first is
 * touched.
 *
 * @throws UserError `OUTPUT_FOREIGN`, `OUTPUT_BUSY`, `ROLLOUT_MISSING`, `ROLLOUT_CONFLICT`, `ROLLOUT_SYNTAX`,
 *   `RELEASE_MISSING`, `RELEASE_CHANGED`, `FILE_READ`, `FILE_WRITE`
 */
export function writeFleets(request: SynthRequest): readonly SynthOutcome[] {
  const fs = reporting(request.fs ?? nodeFileSystem, request.root);
  return withLock(fs, request.root, () => {
    const prepared = prepare(fs, request);
    carryOut(
      fs,
      prepared.map(({ work }) => work).filter((work) => !isDone(work)),
    );
    return prepared.map(({ outcome }) => outcome);
  });
}

/** What {@link writeFleets} would do. Writes nothing. */
export function compareFleets(request: SynthRequest): readonly SynthOutcome[] {
  return prepare(reporting(request.fs ?? nodeFileSystem, request.root), request).map(
    ({ outcome }) => outcome,
  );
}

function prepare(
  fs: FileSystem,
  { root, fleets, breakwater }: SynthRequest,
): readonly { work: Work; outcome: SynthOutcome }[] {
  const opened = fleets.map(({ plan }) => openFleet(fs, root, plan.fleet));
  refuseForeign(fs, root, opened);
  return fleets.map(({ plan: planned, releases }, index) => {
    const on = opened[index]!;
    const plan = planFile(planned, releases);
    const pointing = classesWithPointers(on);
    refuseMissingRollout(on);
    const placement = place(on.state, plan, { breakwater, hasPointers: (name) => pointing.has(name) });
    const target = targetOf(on, { state: placement.state, plan, planText: formatPlan(plan), releases });
    const work = workFor(fs, on, target);
    return { work, outcome: { fleet: plan.fleet, plan, placement, changes: changesOf(work) } };
  });
}
