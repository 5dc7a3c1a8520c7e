import type { PlanFile } from '../../plan/plan.ts';
import type { RecordingRule } from './rule-file.ts';
import { vocabularyOf } from './vocabulary.ts';

/**
 * Which wave each slice belongs to, and how many devices it has: of counts, how many it has at least.
 *
 * These series say what `plan.json` says, so that a query needs nothing else.
 */
export function planRules(plan: PlanFile): RecordingRule[] {
  const { record } = vocabularyOf(plan.fleet);
  return Object.keys(plan.classes).flatMap((name) =>
    plan.slices.map(({ name: slice, wave, classes }) => {
      const { devices, spread } = classes[name]!;
      return record('slice:planned', `vector(${spread?.devices[0] ?? devices})`, {
        class: name,
        slice,
        wave,
      });
    }),
  );
}
