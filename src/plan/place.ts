import { UserError } from '../errors.ts';
import { movesBetween, moveTo, runsOf, SLICE_NAMES, uniformRelease, withClasses } from './movement.ts';
import type { Move, Movement, Notice } from './movement.ts';
import type { Plan, PlanFile, WantedRelease } from './plan.ts';
import { rejectionOf, unreadableRejection } from './rejection.ts';
import type { ClassState, EarlyPromotion, RolloutState } from './state.ts';

export interface PlaceOptions {
  /** The version of Breakwater that runs. */
  readonly breakwater: string;
  /** Whether the class has folders under `generated/<fleet>/slices/`. */
  readonly hasPointers: (name: string) => boolean;
}

/** {@link Movement}, and what became of classes. */
export interface Placement extends Movement {
  /** Classes whose pointers were carried over: their stored releases move along. */
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  /** Classes that left the definition: their lines and folders go. */
  readonly removed: readonly string[];
}

/**
 * Place what the definition makes, class by class (the first rule of movement). Idempotent.
 *
 * - A class with neither lines nor folders is new: all its slices get the wanted release.
 * - Where the first slice runs the wanted release, or it is rejected, nothing moves.
 * - Otherwise the slices of the first wave get it; if until then all slices ran one release, that becomes the
 *   settled one.
 * - The settled release, wanted again while slices differ, goes to every slice: it is what they go back to, and
 *   given to the first wave alone it could never be promoted over the rest.
 * - A class that was renamed keeps everything under its new name; the old name may not be in use any more.
 * - A class that left the definition loses its lines, since nothing would move them again; were it to come back,
 *   it would be new.
 *
 * @param state `undefined` where there is no rollout file
 * @throws UserError `ROLLOUT_MISSING` where a class has folders and no lines
 */
export function place(state: RolloutState | undefined, plan: PlanFile, options: PlaceOptions): Placement {
  const old = state ?? { fleet: plan.fleet, classes: {}, early: [] };
  const renamed = renamesIn(old, plan);
  const classes: Record<string, ClassState> = {};
  const moves: Move[] = [];
  const notices: Notice[] = [];
  for (const name of Object.keys(plan.classes).toSorted()) {
    const from = renamed.find(({ to }) => to === name)?.from;
    const before = old.classes[from ?? name];
    if (before === undefined && options.hasPointers(name)) throw missing(plan.fleet, name);
    const wanted = plan.wanted[name]!;
    const placed = before === undefined ? newClass(wanted) : placeClass(before, plan, wanted, options);
    classes[name] = placed.state;
    moves.push(...movesBetween(plan, name, before, placed.state));
    if (from !== undefined) {
      notices.push({ class: name, message: `takes over the pointers of class ${from}, renamed` });
    }
    if (placed.notice !== undefined) notices.push({ class: name, ...placed.notice });
  }
  const gone = Object.keys(old.classes).filter((name) => plan.classes[name] === undefined);
  const removed = gone.filter((name) => renamed.every(({ from }) => from !== name));
  for (const name of removed) {
    notices.push({ class: name, message: 'has left the definition: its pointers and releases are removed' });
  }
  const inherited = <T extends EarlyPromotion>(entries: readonly T[] = []): T[] =>
    entries.flatMap((entry) => {
      const heirs = renamed.filter(({ from }) => from === entry.class);
      return [entry, ...heirs.map(({ to }) => Object.assign({ ...entry }, { class: to }))];
    });
  const notes = { early: inherited(old.early), overrides: inherited(old.overrides) };
  return { state: withClasses(old, classes, notes), moves, notices, renamed, removed };
}

interface PlacedClass {
  readonly state: ClassState;
  readonly notice?: Omit<Notice, 'class'>;
}

function newClass({ release }: WantedRelease): PlacedClass {
  const pointers = Object.fromEntries(SLICE_NAMES.map((slice) => [slice, { runs: release, before: null }]));
  return { state: { settled: null, rejected: [], pointers } };
}

function placeClass(
  state: ClassState,
  plan: Plan,
  wanted: WantedRelease,
  options: PlaceOptions,
): PlacedClass {
  const { release } = wanted;
  if (runsOf(state, SLICE_NAMES[0]!) === release) return { state };
  const rejection = rejectionOf(state, wanted);
  if (rejection !== undefined) {
    const also =
      rejection.release === release ? '' : `, which holds what ${rejection.release} was rejected for`;
    return {
      state,
      notice: {
        message: `the definition makes ${release}${also}: rejected (${rejection.reason}), so nothing moves`,
        fix: `correct the definition, or run breakwater retry ${plan.fleet} ${rejection.release}`,
      },
    };
  }
  const unreadable = unreadableRejection(state, options.breakwater);
  if (unreadable !== undefined) {
    return {
      state,
      notice: {
        message:
          `${unreadable.release} was rejected by Breakwater ${unreadable.breakwater}: ` +
          `Breakwater ${options.breakwater} cannot tell whether ${release} is the same again, so nothing moves`,
        fix:
          `correct the definition with Breakwater ${unreadable.breakwater} and upgrade then, ` +
          `or run breakwater retry ${plan.fleet} ${unreadable.release}`,
      },
    };
  }
  const uniform = uniformRelease(state);
  if (uniform === undefined && release === state.settled) {
    return {
      state: moveTo(state, SLICE_NAMES, release),
      notice: {
        message: `the definition makes the settled release ${release} again: every slice goes back to it`,
      },
    };
  }
  const rejected = state.rejected.map((one) => (one.open ? { ...one, open: false } : one));
  const first = plan.waves.find(({ slices }) => slices.length > 0)?.slices ?? [];
  return { state: moveTo({ ...state, settled: uniform ?? state.settled, rejected }, first, release) };
}

/** A rename holds while the new name has no lines, the old one has, and the old one is no class any more. */
const renamesIn = (state: RolloutState, plan: Plan): { from: string; to: string }[] =>
  Object.entries(plan.classes).flatMap(([to, { renamedFrom: from }]) =>
    from !== undefined &&
    state.classes[to] === undefined &&
    state.classes[from] !== undefined &&
    plan.classes[from] === undefined
      ? [{ from, to }]
      : [],
  );

const missing = (fleet: string, name: string): UserError =>
  new UserError(
    'ROLLOUT_MISSING',
    `class ${name} has pointers in generated/${fleet}/slices, but no lines in fleets/${fleet}.rollout.json`,
    `check the file out from Git: git checkout HEAD -- fleets/${fleet}.rollout.json`,
  );
