import type { PlanFile, ReleaseId } from './plan.ts';
import { releasesOf } from './movement.ts';
import type { RolloutState } from './state.ts';

/**
 * The releases that must be stored, by class: what runs, what ran before (its config serves pods that are not
 * replaced yet), what is settled, and what is wanted. The wanted one is named by `plan.json` even while it is
 * rejected, so that `retry` finds it stored.
 */
export function namedReleases(
  state: RolloutState,
  wanted: PlanFile['wanted'] = {},
): ReadonlyMap<string, ReadonlySet<ReleaseId>> {
  const named = new Map(Object.entries(state.classes).map(([name, of]) => [name, releasesOf(of)] as const));
  for (const [name, { release }] of Object.entries(wanted)) {
    named.set(name, (named.get(name) ?? new Set()).add(release));
  }
  return named;
}
