import { UserError } from '../errors.ts';
import type { Movement } from '../plan/movement.ts';
import type { PlanFile, ReleaseId } from '../plan/plan.ts';
import type { GateWord } from '../plan/promote-options.ts';
import { promote } from '../plan/promote.ts';
import { retry } from '../plan/retry.ts';
import { rollBack } from '../plan/roll-back.ts';
import type { LastMove } from '../plan/soak.ts';
import type { RolloutState } from '../plan/state.ts';
import type { FileSystem } from './file-system.ts';
import { refuseForeign } from './foreign.ts';
import { withLock } from './lock.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { openFleet, planOf, stateOf, type OpenedFleet } from './open.ts';
import { reporting } from './reporting.ts';
import { targetOf } from './target.ts';
import { carryOut } from './transaction.ts';
import { changesOf, isDone, workFor, type Change } from './work.ts';

export interface MoveRequest {
  readonly fs?: FileSystem;
  /** Absolute path of the repository: of the folder that holds `fleets/` and `generated/`. */
  readonly root: string;
  readonly fleet: string;
}

export interface PromoteRequest extends MoveRequest {
  readonly class?: string;
  readonly wave?: string;
  /** Why not to wait for soak and pause. */
  readonly early?: string;
  /** Why to go on whatever gate, freeze and `maxHarmedDevices` say. */
  readonly override?: string;
  /** What speaks against a step, by where the rollout stands; absent: nobody is asked. */
  readonly gate?: (state: RolloutState, plan: PlanFile, opened: OpenedFleet) => GateWord | undefined;
  readonly lastMove: LastMove;
  /** In milliseconds since the epoch. */
  readonly nowMs: number;
}

export interface RollBackRequest extends MoveRequest {
  readonly class?: string;
  readonly reason: string;
  /** The version of Breakwater that runs. */
  readonly breakwater: string;
}

export interface RetryRequest extends MoveRequest {
  readonly release: ReleaseId;
  /** The version of Breakwater that runs. */
  readonly breakwater: string;
}

/** What a verb did to a fleet. */
export interface Moved {
  readonly fleet: string;
  readonly plan: PlanFile;
  readonly movement: Movement;
  /** In the order of paths. */
  readonly changes: readonly Change[];
}

/** Hand each class's release on to the next slices, and write what follows. */
export const promoteFleet = ({ gate, ...request }: PromoteRequest): Moved =>
  moveFleet(request, (state, plan, opened) => {
    const word = gate?.(state, plan, opened);
    return promote(state, plan, word === undefined ? request : { ...request, gate: word });
  });

/** Bring every slice back to the settled release, and write what follows. */
export const rollBackFleet = (request: RollBackRequest): Moved =>
  moveFleet(request, (state, plan, { store }) =>
    rollBack(state, plan, {
      ...request,
      versionsOf: (className, release) => store.get(className, release).versions,
    }),
  );

/** Clear a rejection, and write what follows. */
export const retryFleet = (request: RetryRequest): Moved =>
  moveFleet(request, (state, plan) => retry(state, plan, request.release, request.breakwater));

type Move = (state: RolloutState, plan: PlanFile, opened: OpenedFleet) => Movement;

/**
 * Move pointers by plan and rollout file alone. What a killed run left undone is done even where the move itself
 * is refused.
 *
 * @throws UserError what the move throws, and `PLAN_MISSING`, `PLAN_SYNTAX`, and all that `writeFleets` throws
 */
function moveFleet({ fs: disk = nodeFileSystem, root, fleet }: MoveRequest, move: Move): Moved {
  const fs = reporting(disk, root);
  return withLock(fs, root, () => {
    const opened = openFleet(fs, root, fleet);
    refuseForeign(fs, root, [opened]);
    const plan = planOf(opened);
    const before = stateOf(opened, plan);
    const write = (state: RolloutState): readonly Change[] => {
      const work = workFor(fs, opened, targetOf(opened, { state, plan, planText: opened.planText! }));
      if (!isDone(work)) carryOut(fs, [work]);
      return changesOf(work);
    };
    const movement = orFinish(
      () => move(before, plan, opened),
      () => void write(before),
    );
    return { fleet, plan, movement, changes: write(movement.state) };
  });
}

function orFinish<T>(attempt: () => T, finish: () => void): T {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof UserError) finish();
    throw error;
  }
}
