import { UserError } from '../errors.ts';
import type { RolloutState } from './state.ts';

/**
 * The classes that a verb is about, in name order.
 * @throws UserError `CLASS_UNKNOWN`
 */
export function classesChosen(state: RolloutState, name: string | undefined): readonly string[] {
  const all = Object.keys(state.classes).toSorted();
  if (name === undefined) return all;
  if (all.includes(name)) return [name];
  throw new UserError(
    'CLASS_UNKNOWN',
    `fleet ${state.fleet} has no class ${JSON.stringify(name)} in its rollout file`,
    `name one of ${all.join(', ')}`,
  );
}
