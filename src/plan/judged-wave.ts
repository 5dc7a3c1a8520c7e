import type { NextStep } from './next-step.ts';
import type { Plan, PlannedWave, SliceName } from './plan.ts';

/** The wave whose devices speak for a step. */
export interface JudgedWave {
  readonly wave: PlannedWave;
  /** Its slices that have devices of the class. */
  readonly slices: readonly SliceName[];
}

/**
 * The wave that a gate judges before a step: the last one before the wave that takes over and has devices of the
 * class, for all parts of that wave. Where the first such wave grows, the part of it that runs the release.
 *
 * @returns `undefined` where no device of the class has run the release
 */
export function judgedWave(step: NextStep, plan: Plan, name: string): JudgedWave | undefined {
  const withDevices = (slices: readonly SliceName[]): SliceName[] =>
    slices.filter(
      (slice) => (plan.slices.find((planned) => planned.name === slice)?.classes[name]?.devices ?? 0) > 0,
    );
  const before = plan.waves.slice(
    0,
    plan.waves.findIndex(({ name: wave }) => wave === step.wave.name),
  );
  const parts = before.map((wave) => ({ wave, slices: withDevices(wave.slices) }));
  const own = step.continues ? [{ wave: step.wave, slices: withDevices(step.source.slices) }] : [];
  const judged = parts.findLast(({ slices }) => slices.length > 0);
  return judged ?? own.find(({ slices }) => slices.length > 0);
}
