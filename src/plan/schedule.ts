import { parseDuration } from '../fleet/units.ts';
import { startBudget } from './budget.ts';
import { sizeOf } from './movement.ts';
import type { Plan, PlannedWave } from './plan.ts';

/** When a wave can be done at the earliest, in milliseconds from the commit that places the release. */
export interface WaveSchedule {
  readonly wave: string;
  /** Promotions that the wave takes under the budget, for the class that takes most; the first wave is placed at once. */
  readonly parts: number;
  /** Its first slices move. */
  readonly startMs: number;
  /** Its last slices move. */
  readonly movedMs: number;
  /** It has been watched for its soak. */
  readonly watchedMs: number;
}

/**
 * The earliest course of a rollout: soaks, and pauses between the parts of waves that the budget cuts. Leaves out
 * what people and pipelines take to promote, and what clusters take to follow.
 */
export function scheduleOf(plan: Plan): WaveSchedule[] {
  let clockMs = 0;
  let placed = false;
  return plan.waves.map((wave): WaveSchedule => {
    if (wave.slices.length === 0) {
      return { wave: wave.name, parts: 0, startMs: clockMs, movedMs: clockMs, watchedMs: clockMs };
    }
    const parts = placed
      ? Math.max(1, ...Object.keys(plan.classes).map((name) => partsOf(plan, wave, name)))
      : 1;
    placed = true;
    const startMs = clockMs;
    const movedMs = startMs + (parts - 1) * parseDuration(wave.pause);
    const watchedMs = movedMs + parseDuration(wave.soak);
    clockMs = watchedMs;
    return { wave: wave.name, parts, startMs, movedMs, watchedMs };
  });
}

/** Promotions that a class alone needs for a wave; slices are not cut. */
export function partsOf(plan: Plan, wave: PlannedWave, name: string): number {
  const maxDevices = plan.budget.maxDevicesPerPromotion ?? Number.POSITIVE_INFINITY;
  let rest = wave.slices;
  let parts = 0;
  while (rest.length > 0) {
    const { slices } = startBudget(maxDevices)(rest, (slice) => sizeOf(plan, slice, name).devices);
    rest = rest.slice(slices.length);
    parts += 1;
  }
  return parts;
}
