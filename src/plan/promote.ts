import { startBudget } from './budget.ts';
import { classesChosen } from './classes-chosen.ts';
import { refuseMixedSource, waveNamed } from './demanded-wave.ts';
import { freezeAt } from './freeze.ts';
import { fitting, roomFor } from './harm.ts';
import { judgedWave, type JudgedWave } from './judged-wave.ts';
import { movesBetween, moveTo, sizeOf, withClasses } from './movement.ts';
import type { Move, Movement, Notice } from './movement.ts';
import { nextStep, type NextStep } from './next-step.ts';
import type { Plan } from './plan.ts';
import { frozen, tellFreeze, tellHarm, tellPortion, whyNothing, type Wait } from './promotion-told.ts';
import { soakOf, tellSoak, type LastMove } from './soak.ts';
import type { ClassState, EarlyPromotion, Objection, Override, RolloutState } from './state.ts';

export interface PromoteOptions {
  /** One class; default: all. */
  readonly class?: string;
  /** Promote into this wave only, from a wave before it that runs one release throughout. */
  readonly wave?: string;
  /** Do not wait for soak and pause, for this reason, which is written down. */
  readonly early?: string;
  /** Go on whatever gate, freeze and `maxHarmedDevices` say, for this reason, which is written down. */
  readonly override?: string;
  /** What the gate's records say against a step of a class; absent: nobody is asked. */
  readonly gate?: GateWord;
  readonly lastMove: LastMove;
  /** In milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What a gate says against a step of a class; `undefined` where it passed what was to be judged. */
export type GateWord = (of: {
  readonly class: string;
  readonly step: NextStep;
  readonly judged: JudgedWave;
  /** Whether its soak need not be over. */
  readonly early: boolean;
}) => Omit<Wait, 'class'> | undefined;

/**
 * Hand each class's release on to the next slices (the second rule of movement).
 *
 * At most `maxDevicesPerPromotion` devices move in one call, over all classes in name order, whole slices at a
 * time; a slice larger than the whole budget moves alone, and a notice says so. Never so many that a release could
 * harm more than `maxHarmedDevices`, as far as the gate promises. Classes whose source has not been watched long
 * enough, or that the gate has not let pass, wait, and a notice says so too.
 *
 * @throws UserError `FROZEN`, `CLASS_UNKNOWN`, `WAVE_UNKNOWN`, `WAVE_MIXED`, `NOTHING_TO_PROMOTE`; `SOAK`, `HARM` and
 *   what the gate says where classes wait and none moves
 */
export function promote(state: RolloutState, plan: Plan, options: PromoteOptions): Movement {
  const wave = options.wave === undefined ? undefined : waveNamed(plan, options.wave);
  const chosen = classesChosen(state, options.class);
  const { nowMs } = options;
  const freeze = freezeAt(plan.freeze, nowMs);
  if (freeze !== undefined && options.override === undefined) throw frozen(plan, freeze);
  if (wave !== undefined) refuseMixedSource(state, plan, wave, chosen);

  const classes = { ...state.classes };
  const early: EarlyPromotion[] = [];
  const overrides: Override[] = [];
  const moves: Move[] = [];
  const notices: Notice[] = [];
  const waits: Wait[] = [];
  const maxDevices = plan.budget.maxDevicesPerPromotion ?? Number.POSITIVE_INFINITY;
  const take = startBudget(maxDevices);
  let mayHarm = plan.budget.maxHarmedDevices ?? Number.POSITIVE_INFINITY;
  for (const name of chosen) {
    const before = state.classes[name]!;
    const step = nextStep(before, plan, wave);
    if (step === undefined) continue;
    const refused = refusalOf(before, step, state.fleet, name);
    if (refused !== undefined) {
      notices.push(refused);
      continue;
    }
    const soak = soakOf(step, name, options.lastMove);
    const tooEarly = soak.requiredMs > 0 && (soak.dueAt === undefined || soak.dueAt > nowMs);
    if (tooEarly && options.early === undefined) {
      waits.push({ class: name, code: 'SOAK', message: tellSoak(step, soak, nowMs), fix: WAIT });
      continue;
    }
    const judged = judgedWave(step, plan, name);
    const word = judged && options.gate?.({ class: name, step, judged, early: options.early !== undefined });
    if (word !== undefined && options.override === undefined) {
      waits.push({ class: name, ...word });
      continue;
    }
    const room = roomFor({ class: name, step, judged }, plan, options, mayHarm);
    const devicesOf = (slice: string): number => sizeOf(plan, slice, name).devices;
    const safe = fitting(step.slices, devicesOf, room);
    if (safe.length === 0 && options.override === undefined) {
      waits.push({ class: name, ...tellHarm(step, room, plan, devicesOf(step.slices[0]!)) });
      continue;
    }
    const portion = take(options.override === undefined ? safe : step.slices, devicesOf);
    const told = tellPortion(name, step, portion, { plan, room, safe });
    if (told !== undefined) notices.push(told);
    if (portion.slices.length === 0) continue;
    const after = moveTo(before, portion.slices, step.release);
    classes[name] = after;
    moves.push(...movesBetween(plan, name, before, after));
    const moved = portion.slices.reduce((sum, slice) => sum + devicesOf(slice), 0);
    mayHarm = Math.max(0, mayHarm - (moved + room.unwatched) * room.share);
    const note = { class: name, wave: step.wave.name, release: step.release };
    if (tooEarly && options.early !== undefined) early.push({ ...note, reason: options.early });
    const { override: reason } = options;
    if (reason === undefined) continue;
    const isSafe = portion.slices.every((slice) => safe.includes(slice));
    const against: Partial<Record<Objection, string>> = {
      ...(word === undefined ? {} : { gate: word.message }),
      ...(freeze === undefined ? {} : { freeze: tellFreeze(plan, freeze) }),
      ...(isSafe ? {} : { harm: tellHarm(step, room, plan, moved).message }),
    };
    for (const [what, message] of Object.entries(against)) {
      overrides.push({ ...note, against: what as Objection, reason });
      notices.push({ class: name, message: `goes on, because of ${reason}, in spite of this: ${message}` });
    }
  }
  if (moves.length === 0) throw whyNothing(state, options, waits, notices);
  const notes = { early: [...state.early, ...early], overrides: [...(state.overrides ?? []), ...overrides] };
  return {
    state: withClasses(state, classes, notes),
    moves,
    notices: [...notices, ...waits],
  };
}

const WAIT = 'wait, or write down why not to: --early REASON';

/** What no promotion may hand on. `synth` and `rollBack` leave no such state; a merge of two branches can. */
function refusalOf(state: ClassState, step: NextStep, fleet: string, name: string): Notice | undefined {
  const fix = `run breakwater rollback ${fleet} --class ${name} --reason TEXT`;
  if (state.rejected.some(({ release }) => release === step.release)) {
    return { class: name, message: `${step.release} is rejected and is not handed on`, fix };
  }
  if (step.release === state.settled) {
    return {
      class: name,
      message: `${step.release} is the settled release: handing it on is a rollback`,
      fix,
    };
  }
  return undefined;
}
