import { UserError } from '../errors.ts';
import { startBudget, type Portion } from './budget.ts';
import { classesChosen } from './classes-chosen.ts';
import { movesBetween, moveTo, sizeOf, withClasses } from './movement.ts';
import type { Move, Movement, Notice } from './movement.ts';
import { nextStep, type NextStep } from './next-step.ts';
import type { Plan } from './plan.ts';
import { refuseMixedSource, waveNamed } from './demanded-wave.ts';
import { soakOf, tellSoak, type LastMove } from './soak.ts';
import type { ClassState, EarlyPromotion, RolloutState } from './state.ts';

export interface PromoteOptions {
  /** One class; default: all. */
  readonly class?: string;
  /** Promote into this wave only, from a wave before it that runs one release throughout. */
  readonly wave?: string;
  /** Do not wait for soak and pause, for this reason, which is written down. */
  readonly early?: string;
  readonly lastMove: LastMove;
  /** In milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * Hand each class's release on to the next slices (the second rule of movement).
 *
 * At most `maxDevicesPerPromotion` devices move in one call, over all classes in name order, whole slices at a
 * time; a slice larger than the whole budget moves alone, and a notice says so. Classes whose source has not been
 * watched long enough wait, and a notice says so too.
 *
 * @throws UserError `CLASS_UNKNOWN`, `WAVE_UNKNOWN`, `WAVE_MIXED`, `NOTHING_TO_PROMOTE`; `SOAK` where classes wait
 *   and none moves
 */
export function promote(state: RolloutState, plan: Plan, options: PromoteOptions): Movement {
  const wave = options.wave === undefined ? undefined : waveNamed(plan, options.wave);
  const chosen = classesChosen(state, options.class);
  if (wave !== undefined) refuseMixedSource(state, plan, wave, chosen);

  const classes = { ...state.classes };
  const early: EarlyPromotion[] = [];
  const moves: Move[] = [];
  const notices: Notice[] = [];
  const waits: Notice[] = [];
  const maxDevices = plan.budget.maxDevicesPerPromotion ?? Number.POSITIVE_INFINITY;
  const take = startBudget(maxDevices);
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
    const tooEarly = soak.requiredMs > 0 && (soak.dueAt === undefined || soak.dueAt > options.nowMs);
    if (tooEarly && options.early === undefined) {
      waits.push({ class: name, message: tellSoak(step, soak, options.nowMs) });
      continue;
    }
    const portion = take(step.slices, (slice) => sizeOf(plan, slice, name).devices);
    const told = tellPortion(name, step, portion, maxDevices, plan);
    if (told !== undefined) notices.push(told);
    if (portion.slices.length === 0) continue;
    const after = moveTo(before, portion.slices, step.release);
    classes[name] = after;
    moves.push(...movesBetween(plan, name, before, after));
    if (tooEarly && options.early !== undefined) {
      early.push({ class: name, wave: step.wave.name, release: step.release, reason: options.early });
    }
  }
  if (moves.length === 0) throw whyNothing(state, options, waits, notices);
  return {
    state: withClasses(state, classes, [...state.early, ...early]),
    moves,
    notices: [...notices, ...waits],
  };
}

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

function tellPortion(
  name: string,
  { wave, slices }: NextStep,
  portion: Portion,
  maxDevices: number,
  plan: Plan,
): Notice | undefined {
  if (portion.oversized !== undefined) {
    const { devices } = sizeOf(plan, portion.oversized, name);
    return {
      class: name,
      message: `slice ${portion.oversized} has ${devices} devices, more than maxDevicesPerPromotion ${maxDevices}: it moves all the same, since slices are not cut`,
    };
  }
  const left = slices.length - portion.slices.length;
  if (left === 0) return undefined;
  return {
    class: name,
    message: `${left} of ${slices.length} slices of wave ${wave.name} stay for the next call: maxDevicesPerPromotion is ${maxDevices}`,
  };
}

function whyNothing(
  state: RolloutState,
  { class: name, wave }: PromoteOptions,
  waits: readonly Notice[],
  notices: readonly Notice[],
): UserError {
  if (waits.length > 0) {
    return new UserError(
      'SOAK',
      waits.map((wait) => `class ${wait.class}: ${wait.message}`).join('\n  '),
      'wait, or write down why not to: --early REASON',
    );
  }
  const of = name === undefined ? `fleet ${state.fleet}` : `class ${name} of fleet ${state.fleet}`;
  const [refused] = notices;
  if (refused !== undefined) {
    return new UserError(
      'NOTHING_TO_PROMOTE',
      `${of}: ${notices.map((notice) => `class ${notice.class}: ${notice.message}`).join('\n  ')}`,
      refused.fix ?? 'run breakwater status',
    );
  }
  return new UserError(
    'NOTHING_TO_PROMOTE',
    wave === undefined
      ? `every slice of ${of} runs the first slice's release`
      : `every slice of wave ${wave} of ${of} runs what the slice before it runs`,
    'edit the definition and run breakwater synth',
  );
}
