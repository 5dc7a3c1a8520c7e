import type { startBudget } from './budget.ts';
import type { Freeze } from './freeze.ts';
import { fitting, roomFor } from './harm.ts';
import { judgedWave, type JudgedWave } from './judged-wave.ts';
import { moveTo, sizeOf, type Notice } from './movement.ts';
import type { NextStep } from './next-step.ts';
import type { Plan, SliceName } from './plan.ts';
import type { GateWord, PromoteOptions } from './promote-options.ts';
import { tellFreeze, tellHarm, tellPortion, type Wait } from './promotion-told.ts';
import { soakOf, tellSoak } from './soak.ts';
import type { ClassState, EarlyPromotion, Objection, Override } from './state.ts';

/** A class that has a next step. */
export interface Candidate {
  readonly class: string;
  readonly state: ClassState;
  readonly step: NextStep;
}

/** What holds for all classes of one promotion, and what is left of it. */
export interface Promotion {
  readonly plan: Plan;
  readonly options: PromoteOptions;
  readonly freeze: Freeze | undefined;
  readonly take: ReturnType<typeof startBudget>;
  /** Devices that may still be harmed. */
  readonly mayHarm: number;
}

/** What becomes of a class: it waits, or some of its slices move. */
export type ClassOutcome = { readonly wait: Wait } | Moved;

interface Moved {
  /** After the move; the state before where not even one slice fits any more. */
  readonly state: ClassState;
  readonly notices: readonly Notice[];
  readonly early: readonly EarlyPromotion[];
  readonly overrides: readonly Override[];
  /** Devices that this may harm at most. */
  readonly harmed: number;
}

/** Ask soak, gate and harm, in this order, and move what they and the budget let through. */
export function promoteClass(candidate: Candidate, promotion: Promotion): ClassOutcome {
  const { class: name, state, step } = candidate;
  const { plan, options, mayHarm } = promotion;
  const soak = soakOf(step, name, options.lastMove);
  const tooEarly = soak.requiredMs > 0 && (soak.dueAt === undefined || soak.dueAt > options.nowMs);
  if (tooEarly && options.early === undefined) {
    return { wait: { class: name, code: 'SOAK', message: tellSoak(step, soak, options.nowMs), fix: WAIT } };
  }
  const isForced = options.override !== undefined;
  const judged = judgedWave(step, plan, name);
  const word = gateWord(candidate, judged, options);
  if (word !== undefined && !isForced) return { wait: { class: name, ...word } };
  const room = roomFor({ class: name, step, judged }, plan, options, mayHarm);
  const devicesOf = (slice: SliceName): number => sizeOf(plan, slice, name).devices;
  const safe = fitting(step.slices, devicesOf, room);
  if (safe.length === 0 && !isForced) {
    return { wait: { class: name, ...tellHarm(step, room, plan, devicesOf(step.slices[0]!)) } };
  }
  const portion = promotion.take(isForced ? step.slices : safe, devicesOf);
  const told = tellPortion(name, step, portion, { plan, room, safe });
  const notices = told === undefined ? [] : [told];
  if (portion.slices.length === 0) return { state, notices, early: [], overrides: [], harmed: 0 };
  const moved = portion.slices.reduce((sum, slice) => sum + devicesOf(slice), 0);
  const note = { class: name, wave: step.wave.name, release: step.release };
  const isSafe = portion.slices.every((slice) => safe.includes(slice));
  const against: Objections = {
    gate: word?.message,
    freeze: promotion.freeze && tellFreeze(plan, promotion.freeze),
    harm: isSafe ? undefined : tellHarm(step, room, plan, moved).message,
  };
  const forced = forcedBy(note, against, options.override);
  return {
    state: moveTo(state, portion.slices, step.release),
    notices: [...notices, ...forced.map(({ notice }) => notice)],
    early: tooEarly && options.early !== undefined ? [{ ...note, reason: options.early }] : [],
    overrides: forced.map(({ override }) => override),
    harmed: (moved + room.unwatched) * room.share,
  };
}

const WAIT = 'wait, or write down why not to: --early REASON';

const gateWord = (
  { class: name, step }: Candidate,
  judged: JudgedWave | undefined,
  { gate, early }: PromoteOptions,
): ReturnType<GateWord> => judged && gate?.({ class: name, step, judged, early: early !== undefined });

/** What speaks against a move, in the order in which it is told. */
type Objections = Readonly<Record<Objection, string | undefined>>;

/** What goes on all the same, for a reason: to be written down, and told. */
function forcedBy(
  note: Omit<EarlyPromotion, 'reason'>,
  against: Objections,
  reason: string | undefined,
): { readonly override: Override; readonly notice: Notice }[] {
  if (reason === undefined) return [];
  return (Object.keys(against) as Objection[])
    .filter((what) => against[what] !== undefined)
    .map((what) => ({
      override: { ...note, against: what, reason },
      notice: {
        class: note.class,
        message: `goes on, because of ${reason}, in spite of this: ${against[what]!}`,
      },
    }));
}
