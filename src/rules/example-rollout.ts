// A rollout in its middle that passes every rule: the first wave runs a new release, the rest the settled one.

import type { RolloutSubject, StoredRelease } from '../check/rule.ts';
import { SLICE_NAMES } from '../plan/movement.ts';
import type { PlanFile, ReleaseId, SliceName } from '../plan/plan.ts';
import type { ClassState, Rejection } from '../plan/state.ts';
import { exampleFleet } from './example-fleet.ts';

/** What the fleet goes back to. */
export const OLD: ReleaseId = 'raaaaaaaaaaaa';
/** What the first wave runs. */
export const NEW: ReleaseId = 'rbbbbbbbbbbbb';

export interface RolloutOverrides {
  readonly fleet?: string;
  /** Name of the class that the state is of. */
  readonly class?: string;
  readonly settled?: ReleaseId | null;
  readonly rejected?: readonly Rejection[];
  /** By slice, instead of what the example runs. */
  readonly runs?: (slice: SliceName) => ReleaseId;
  /** Releases that are not whole. */
  readonly broken?: Readonly<Record<ReleaseId, StoredRelease['status']>>;
}

/** A release that was rolled back, for examples. */
export const exampleRejection = (release: ReleaseId): Rejection => ({
  release,
  reason: 'too many errors',
  versions: { inference: 'v000000000001' },
  breakwater: '0.1.0',
  open: true,
});

/** The example's plan as `plan.json` holds it. */
export const examplePlanFile = (plan: PlanFile | ReturnType<typeof exampleFleet>['plan']): PlanFile => ({
  ...plan,
  schemaVersion: 1,
  wanted: Object.fromEntries(
    Object.keys(plan.classes).map((name) => [
      name,
      { release: NEW, versions: { inference: 'v000000000001' } },
    ]),
  ),
});

/** The example's rollout, changed where an example needs it. The plan is made when it is asked for. */
export function exampleRollout(overrides: RolloutOverrides = {}): RolloutSubject {
  const { fleet = 'example', settled = OLD, rejected = [], broken = {} } = overrides;
  const name = overrides.class ?? 'n100';
  const runs = overrides.runs ?? ((slice) => (slice <= 'p001.00' ? NEW : OLD));
  const pointers: ClassState['pointers'] = Object.fromEntries(
    SLICE_NAMES.map((slice) => [slice, { runs: runs(slice), before: null }]),
  );
  const ids = [
    ...Object.values(pointers).map((pointer) => pointer.runs),
    ...(settled === null ? [] : [settled]),
  ];
  let plan: PlanFile | undefined;
  return {
    state: { fleet, classes: { [name]: { settled, rejected, pointers } }, early: [] },
    stored: new Map([
      [name, new Map(ids.map((id) => [id, { id, status: broken[id] ?? 'whole', versions: {} }] as const))],
    ]),
    get plan() {
      return (plan ??= examplePlanFile(exampleFleet().plan));
    },
  };
}
