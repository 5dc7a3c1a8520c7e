import { runsOf, SLICE_NAMES } from './movement.ts';
import type { Plan, PlannedWave, ReleaseId, SliceName } from './plan.ts';
import type { ClassState } from './state.ts';

/** What a promotion would do to a class, were there no budget and no soak. */
export interface NextStep {
  readonly release: ReleaseId;
  /** The wave that takes the release over. */
  readonly wave: PlannedWave;
  /** Its slices that take it over, in order. */
  readonly slices: readonly SliceName[];
  /** What must have been watched: the wave before, or the slices of this wave that have moved. */
  readonly source: { readonly wave: PlannedWave; readonly slices: readonly SliceName[] };
  /** Whether it continues a wave: `pause` counts then, and `soak` otherwise. */
  readonly continues: boolean;
}

/**
 * The next step of a class: from the first slice that does not run what the slice before it runs, to the end of
 * that slice's wave.
 *
 * @param wave look for it in this wave only
 * @returns `undefined` where there is no such slice
 */
export function nextStep(state: ClassState, plan: Plan, wave?: PlannedWave): NextStep | undefined {
  const among = wave === undefined ? SLICE_NAMES : wave.slices;
  const at = among
    .map((slice) => SLICE_NAMES.indexOf(slice))
    .find((index) => index > 0 && runsAt(state, index) !== runsAt(state, index - 1));
  if (at === undefined) return undefined;
  const release = runsAt(state, at - 1);
  const to = waveOf(plan, SLICE_NAMES[at]!);
  const from = waveOf(plan, SLICE_NAMES[at - 1]!);
  const inWave = to.slices.indexOf(SLICE_NAMES[at]!);
  return {
    release,
    wave: to,
    slices: to.slices.slice(inWave).filter((slice) => runsOf(state, slice) !== release),
    source: { wave: from, slices: from === to ? to.slices.slice(0, inWave) : from.slices },
    continues: from === to,
  };
}

const runsAt = (state: ClassState, index: number): ReleaseId => runsOf(state, SLICE_NAMES[index]!);

const waveOf = (plan: Plan, slice: SliceName): PlannedWave =>
  plan.waves.find(({ slices }) => slices.includes(slice))!;
