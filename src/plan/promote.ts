import { startBudget } from './budget.ts';
import { classesChosen } from './classes-chosen.ts';
import { refuseMixedSource, waveNamed } from './demanded-wave.ts';
import { freezeAt } from './freeze.ts';
import { movesBetween, withClasses } from './movement.ts';
import type { Move, Movement, Notice } from './movement.ts';
import { nextStep, type NextStep } from './next-step.ts';
import type { Plan } from './plan.ts';
import { promoteClass } from './promote-class.ts';
import type { PromoteOptions } from './promote-options.ts';
import { frozen, whyNothing, type Wait } from './promotion-told.ts';
import type { ClassState, EarlyPromotion, Override, RolloutState } from './state.ts';

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
  const take = startBudget(plan.budget.maxDevicesPerPromotion ?? Number.POSITIVE_INFINITY);
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
    const candidate = { class: name, state: before, step };
    const outcome = promoteClass(candidate, { plan, options, freeze, take, mayHarm });
    if ('wait' in outcome) {
      waits.push(outcome.wait);
      continue;
    }
    notices.push(...outcome.notices);
    classes[name] = outcome.state;
    moves.push(...movesBetween(plan, name, before, outcome.state));
    mayHarm = Math.max(0, mayHarm - outcome.harmed);
    early.push(...outcome.early);
    overrides.push(...outcome.overrides);
  }
  if (moves.length === 0) throw whyNothing(state, options, waits, notices);
  const notes = { early: [...state.early, ...early], overrides: [...(state.overrides ?? []), ...overrides] };
  return {
    state: withClasses(state, classes, notes),
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
