import type { Plan, ReleaseId, SliceName } from './plan.ts';
import { roundUp } from './round-up.ts';
import { sorted } from './sorted.ts';
import { sumOf, type Tally } from './tally.ts';
import { SLICES } from './slices.ts';
import type { ClassState, EarlyPromotion, Pointer, RolloutState } from './state.ts';

/** What a verb did to the pointers: the new state, and what to tell about it. */
export interface Movement {
  readonly state: RolloutState;
  /** In order of classes, then slices. Empty: no pointer moved. */
  readonly moves: readonly Move[];
  readonly notices: readonly Notice[];
}

/** Slices of one class and one wave that moved between the same two releases. */
export interface Move {
  readonly class: string;
  readonly wave: string;
  readonly slices: readonly SliceName[];
  /** `null`: a class that is new. */
  readonly from: ReleaseId | null;
  readonly to: ReleaseId;
  /** Exact, or expectations rounded up. */
  readonly clusters: number;
  readonly devices: number;
}

/** Something that the user must know: a warning, never a failure. */
export interface Notice {
  readonly class: string;
  /** Lower case, with the values, no full stop. */
  readonly message: string;
  /** What to do, as an imperative; absent where there is nothing to do. */
  readonly fix?: string;
}

/** Names of the slices, in order. */
export const SLICE_NAMES: readonly SliceName[] = SLICES.map(({ name }) => name);

/** Whole clusters and devices of a slice; expectations are rounded up. */
export const sizeOf = (plan: Plan, slice: SliceName, name: string): Tally => sizeOfAll(plan, [slice], name);

/** Whole clusters and devices of slices together; expectations are rounded up once. */
export function sizeOfAll(plan: Plan, slices: readonly SliceName[], name: string): Tally {
  const planned = plan.slices.filter((slice) => slices.includes(slice.name));
  const { clusters, devices } = sumOf(planned.flatMap(({ classes }) => classes[name] ?? []));
  return { clusters: roundUp(clusters), devices: roundUp(devices) };
}

/** What a slice runs. */
export const runsOf = (state: ClassState, slice: SliceName): ReleaseId => state.pointers[slice]!.runs;

/** What all slices run; `undefined` where they differ. */
export function uniformRelease(state: ClassState): ReleaseId | undefined {
  const [first, ...others] = Object.values(state.pointers).map(({ runs }) => runs);
  return others.every((runs) => runs === first) ? first : undefined;
}

/** Move slices to a release. What runs it already keeps its line. */
export function moveTo(state: ClassState, slices: readonly SliceName[], release: ReleaseId): ClassState {
  const moved = slices
    .filter((slice) => runsOf(state, slice) !== release)
    .map((slice): readonly [SliceName, Pointer] => [slice, { runs: release, before: runsOf(state, slice) }]);
  return moved.length === 0
    ? state
    : { ...state, pointers: { ...state.pointers, ...Object.fromEntries(moved) } };
}

/** Tell what moved between two states of a class; `before` is `undefined` for a class that is new. */
export function movesBetween(
  plan: Plan,
  name: string,
  before: ClassState | undefined,
  after: ClassState,
): Move[] {
  const moves: { wave: string; slices: SliceName[]; from: ReleaseId | null; to: ReleaseId }[] = [];
  for (const { name: slice, wave } of plan.slices) {
    const from = before === undefined ? null : runsOf(before, slice);
    const to = runsOf(after, slice);
    const last = moves.at(-1);
    if (from === to) continue;
    if (last?.wave === wave && last.from === from && last.to === to) last.slices.push(slice);
    else moves.push({ wave, slices: [slice], from, to });
  }
  return moves.map((move) => Object.assign(move, { class: name }, sizeOfAll(plan, move.slices, name)));
}

/** What is written down of promotions. */
type Notes = Pick<RolloutState, 'early' | 'overrides'>;

/** A state with other classes, and without notes on promotions whose release nothing names any more. */
export function withClasses(
  state: RolloutState,
  classes: Readonly<Record<string, ClassState>>,
  notes: Notes = state,
): RolloutState {
  const isNamed = (entry: EarlyPromotion): boolean => {
    const of = classes[entry.class];
    return of !== undefined && releasesOf(of).has(entry.release);
  };
  const overrides = (notes.overrides ?? []).filter(isNamed);
  return {
    fleet: state.fleet,
    classes: sorted(classes),
    early: notes.early.filter(isNamed),
    ...(overrides.length === 0 ? {} : { overrides }),
  };
}

/** The releases that a class's pointers name: what runs, what ran before, what is settled. */
export function releasesOf(state: ClassState): Set<ReleaseId> {
  const named = new Set<ReleaseId>();
  for (const { runs, before } of Object.values(state.pointers)) {
    named.add(runs);
    if (before !== null) named.add(before);
  }
  if (state.settled !== null) named.add(state.settled);
  return named;
}
