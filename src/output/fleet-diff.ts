import { UserError } from '../errors.ts';
import { sizeOfAll } from '../plan/movement.ts';
import type { PlanFile, ReleaseId, SliceName } from '../plan/plan.ts';
import { rejectionOf } from '../plan/rejection.ts';
import type { RolloutState } from '../plan/state.ts';
import { diffObjects, objectsOf, type ObjectChange } from './object-diff.ts';
import { workloadChanges, type ReleaseContent, type WorkloadChange } from './restart.ts';

/** One side of a comparison: where a fleet stands, stood, or would stand. */
export interface DiffSide {
  /** `undefined` where there is no such fleet. */
  readonly plan: PlanFile | undefined;
  readonly state: RolloutState | undefined;
  /** `undefined` where that release is not to be had. */
  release(className: string, id: ReleaseId): ReleaseContent | undefined;
}

/** What differs between two states of a fleet. */
export interface FleetDiff {
  readonly fleet: string;
  /** What follows, wave by wave in order, and within a wave by class. */
  readonly waves: readonly WaveDiff[];
  /** What the releases named in `waves` change, each pair once. */
  readonly releases: readonly ReleaseDiff[];
}

/** Slices of one wave and class that go from one release to another. */
export interface WaveDiff {
  readonly wave: string;
  readonly class: string;
  /** `now`: by this change. `promoted`: once the wave before has been watched and promotions go on. */
  readonly when: 'now' | 'promoted';
  /** `null`: the class is new. */
  readonly from: ReleaseId | null;
  /** `null`: the class is gone; its clusters find no pointer any more and keep what they run. */
  readonly to: ReleaseId | null;
  readonly slices: readonly SliceName[];
  readonly clusters: number;
  readonly devices: number;
  /** Devices on which at least one workload's pods are replaced. */
  readonly devicesRestarted: number;
}

export interface ReleaseDiff {
  readonly class: string;
  readonly from: ReleaseId | null;
  readonly to: ReleaseId;
  /** How many objects of each kind of change. */
  readonly counts: Readonly<Record<ObjectChange['change'], number>>;
  readonly objects: readonly ObjectChange[];
  readonly workloads: readonly WorkloadChange[];
}

/**
 * Compare two states of a fleet: what pointers that differ change on devices, and what the wanted release changes
 * on the rest. Pure.
 *
 * @throws UserError `RELEASE_MISSING`
 */
export function diffFleet(before: DiffSide, after: DiffSide): FleetDiff {
  const plan = after.plan ?? before.plan;
  const fleet = plan?.fleet ?? '';
  if (plan === undefined) return { fleet, waves: [], releases: [] };
  const releases = new Map<string, ReleaseDiff>();
  const waves = plan.waves.flatMap(({ name: wave, slices }) =>
    classesOf(before, after).flatMap((className) =>
      stepsOf(before, after, className, slices).map(({ when, from, to, slices }): WaveDiff => {
        const diff = to === null ? undefined : releaseDiff(releases, before, after, className, from, to);
        const restarts = diff?.workloads.some(({ change }) => change === 'restarted') ?? false;
        const sized = (to === null ? before.plan : after.plan) ?? plan;
        const { clusters, devices } = sizeOfAll(sized, slices, className);
        return {
          wave,
          class: className,
          when,
          from,
          to,
          slices,
          clusters,
          devices,
          devicesRestarted: restarts ? devices : 0,
        };
      }),
    ),
  );
  return { fleet, waves, releases: [...releases.values()] };
}

/** Classes of both sides; one that was renamed under its new name only. */
function classesOf(before: DiffSide, after: DiffSide): readonly string[] {
  const now = Object.keys(after.state?.classes ?? {});
  const former = new Set(now.map((name) => formerName(after, name)));
  const gone = Object.keys(before.state?.classes ?? {}).filter(
    (name) => !now.includes(name) && !former.has(name),
  );
  return [...now, ...gone].toSorted();
}

type Step = Pick<WaveDiff, 'when' | 'from' | 'to' | 'slices'>;

/** Slices grouped by what they go from and to, in their order. */
function stepsOf(
  before: DiffSide,
  after: DiffSide,
  className: string,
  slices: readonly SliceName[],
): readonly Step[] {
  const steps = new Map<string, Step & { slices: SliceName[] }>();
  const add = (when: Step['when'], from: ReleaseId | null, to: ReleaseId | null, slice: SliceName): void => {
    if (from === to) return;
    const key = `${when} ${from} ${to}`;
    const step = steps.get(key) ?? { when, from, to, slices: [] };
    step.slices.push(slice);
    steps.set(key, step);
  };
  const was = before.state?.classes[className] ?? before.state?.classes[formerName(after, className) ?? ''];
  const is = after.state?.classes[className];
  const wanted = after.plan?.wanted[className];
  const promoted = is && wanted && rejectionOf(is, wanted) === undefined ? wanted.release : undefined;
  for (const slice of slices) {
    const from = was?.pointers[slice]?.runs ?? null;
    const to = is?.pointers[slice]?.runs ?? null;
    add('now', from, to, slice);
    if (promoted !== undefined) add('promoted', to, promoted, slice);
  }
  return [...steps.values()];
}

const formerName = ({ plan }: DiffSide, className: string): string | undefined =>
  plan?.classes[className]?.renamedFrom;

function releaseDiff(
  releases: Map<string, ReleaseDiff>,
  before: DiffSide,
  after: DiffSide,
  className: string,
  from: ReleaseId | null,
  to: ReleaseId,
): ReleaseDiff {
  const key = `${className} ${from} ${to}`;
  const known = releases.get(key);
  if (known !== undefined) return known;
  const contentOf = (id: ReleaseId): ReleaseContent => {
    const content =
      after.release(className, id) ??
      before.release(className, id) ??
      before.release(formerName(after, className) ?? className, id);
    if (content !== undefined) return content;
    throw new UserError(
      'RELEASE_MISSING',
      `class ${className}: release ${id} is named and stored on neither side of the comparison`,
      'check generated/ out from Git',
    );
  };
  const was = from === null ? undefined : contentOf(from);
  const is = contentOf(to);
  const objects = diffObjects(was === undefined ? [] : objectsOf(was.files), objectsOf(is.files));
  const counts = { created: 0, configured: 0, unchanged: 0, deleted: 0 };
  for (const { change } of objects) counts[change] += 1;
  const diff = { class: className, from, to, counts, objects, workloads: workloadChanges(was, is) };
  releases.set(key, diff);
  return diff;
}
