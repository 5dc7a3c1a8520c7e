import { UserError } from '../errors.ts';
import { withClasses, type Movement } from './movement.ts';
import { place } from './place.ts';
import type { PlanFile, ReleaseId } from './plan.ts';
import type { RolloutState } from './state.ts';

/**
 * Clear a rejection, in every class that has it, and place what the plan wants, so that `synth` right after has
 * nothing to do.
 *
 * @param breakwater the version of Breakwater that runs
 * @throws UserError `RELEASE_UNKNOWN` where the release is not rejected
 */
export function retry(state: RolloutState, plan: PlanFile, release: ReleaseId, breakwater: string): Movement {
  const rejected = Object.values(state.classes).flatMap((of) => of.rejected.map((one) => one.release));
  if (!rejected.includes(release)) {
    const names = [...new Set(rejected)].toSorted();
    throw new UserError(
      'RELEASE_UNKNOWN',
      `fleet ${state.fleet} has no rejected release ${JSON.stringify(release)}`,
      names.length === 0 ? 'nothing is rejected: run breakwater status' : `name one of ${names.join(', ')}`,
    );
  }
  const classes = Object.fromEntries(
    Object.entries(state.classes).map(([name, of]) => [
      name,
      { ...of, rejected: of.rejected.filter((one) => one.release !== release) },
    ]),
  );
  const cleared = withClasses(state, classes);
  // Only classes that have lines: a new one is placed by `synth`, which has its release.
  const known = Object.fromEntries(
    Object.entries(plan.classes).filter(([name]) => classes[name] !== undefined),
  );
  const {
    state: placed,
    moves,
    notices,
  } = place(
    cleared,
    { ...plan, classes: known },
    {
      breakwater,
      hasPointers: () => true,
    },
  );
  return { state: placed, moves, notices };
}
