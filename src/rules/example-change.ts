// A change that passes every rule: the same plan before and after.

import type { ChangeSubject } from '../check/rule.ts';
import type { ClusterRow } from '../fleet/loaded-fleet.ts';
import type { FleetSpec } from '../fleet/spec.ts';
import type { PlanFile } from '../plan/plan.ts';
import { exampleFleet, type Overrides } from './example-fleet.ts';
import { examplePlanFile } from './example-rollout.ts';

export interface ChangeOverrides {
  /** `null`: the fleet is new. */
  readonly before?: Overrides<FleetSpec> | null;
  readonly after?: Overrides<FleetSpec>;
  readonly rows?: { readonly before: readonly ClusterRow[]; readonly after: readonly ClusterRow[] };
}

/** The plans are made when they are asked for. */
export function exampleChange({ before = {}, after = {}, rows }: ChangeOverrides = {}): ChangeSubject {
  let plans: { readonly before: PlanFile | undefined; readonly after: PlanFile } | undefined;
  const made = () =>
    (plans ??= {
      before: before === null ? undefined : examplePlanFile(exampleFleet(before, rows?.before).plan),
      after: examplePlanFile(exampleFleet(after, rows?.after).plan),
    });
  return {
    get before() {
      return made().before;
    },
    get after() {
      return made().after;
    },
    objects: {},
  };
}
