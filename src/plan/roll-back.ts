import { UserError } from '../errors.ts';
import { movesBetween, moveTo, runsOf, SLICE_NAMES, withClasses } from './movement.ts';
import type { Move, Movement, Notice } from './movement.ts';
import type { Plan, ReleaseId, Version } from './plan.ts';
import { classesChosen } from './classes-chosen.ts';
import { sorted } from './sorted.ts';
import type { ClassState, Rejection, RolloutState } from './state.ts';

export interface RollBackOptions {
  /** One class; default: all. */
  readonly class?: string;
  readonly reason: string;
  /** The version of Breakwater that runs. */
  readonly breakwater: string;
  /** The workload versions of a stored release. */
  readonly versionsOf: (name: string, release: ReleaseId) => Readonly<Record<string, Version>>;
}

/**
 * Bring every slice back to the settled release and reject what else ran. A class with nothing settled runs its
 * first release everywhere and stays.
 *
 * @throws UserError `CLASS_UNKNOWN`; `NOTHING_SETTLED` where no chosen class has a release to go back to
 */
export function rollBack(state: RolloutState, plan: Plan, options: RollBackOptions): Movement {
  const classes = { ...state.classes };
  const moves: Move[] = [];
  const notices: Notice[] = [];
  const chosen = classesChosen(state, options.class);
  if (chosen.every((name) => state.classes[name]!.settled === null)) {
    throw new UserError(
      'NOTHING_SETTLED',
      `${options.class === undefined ? `fleet ${state.fleet}` : `class ${options.class}`} runs its first release: there is none to go back to`,
      'correct the definition and run breakwater synth',
    );
  }
  for (const name of chosen) {
    const before = state.classes[name]!;
    if (before.settled === null) {
      notices.push({ class: name, message: 'runs its first release: there is none to go back to' });
      continue;
    }
    const after = rollBackClass(before, before.settled, name, options);
    if (after === before) {
      notices.push({
        class: name,
        message: `every slice runs the settled release ${before.settled} already`,
      });
    }
    classes[name] = after;
    moves.push(...movesBetween(plan, name, before, after));
  }
  return { state: withClasses(state, classes), moves, notices };
}

function rollBackClass(
  state: ClassState,
  settled: ReleaseId,
  name: string,
  { reason, breakwater, versionsOf }: RollBackOptions,
): ClassState {
  const ran = new Set(SLICE_NAMES.map((slice) => runsOf(state, slice)));
  ran.delete(settled);
  if (ran.size === 0) return state;
  const kept = versionsOf(name, settled);
  const rejected = [...ran].toSorted().map((release): Rejection => {
    const changed = Object.entries(versionsOf(name, release)).filter(
      ([workload, version]) => kept[workload] !== version,
    );
    return { release, reason, versions: sorted(Object.fromEntries(changed)), breakwater, open: true };
  });
  return { ...moveTo(state, SLICE_NAMES, settled), rejected: [...state.rejected, ...rejected] };
}
