import { UserError } from '../errors.ts';
import { runsOf } from './movement.ts';
import type { Plan, PlannedWave } from './plan.ts';
import type { RolloutState } from './state.ts';

/**
 * The wave of that name.
 * @throws UserError `WAVE_UNKNOWN`
 */
export function waveNamed(plan: Plan, name: string): PlannedWave {
  const wave = plan.waves.find((one) => one.name === name);
  if (wave !== undefined) return wave;
  throw new UserError(
    'WAVE_UNKNOWN',
    `fleet ${plan.fleet} has no wave ${JSON.stringify(name)}`,
    `name one of ${plan.waves.map((one) => one.name).join(', ')}`,
  );
}

/**
 * Demand that the wave before runs one release throughout, in each class.
 * @throws UserError `WAVE_MIXED`
 */
export function refuseMixedSource(
  state: RolloutState,
  plan: Plan,
  wave: PlannedWave,
  classes: readonly string[],
): void {
  const source = plan.waves.slice(0, plan.waves.indexOf(wave)).findLast(({ slices }) => slices.length > 0);
  if (source === undefined) return;
  for (const name of classes) {
    const releases = new Set(source.slices.map((slice) => runsOf(state.classes[name]!, slice)));
    if (releases.size === 1) continue;
    throw new UserError(
      'WAVE_MIXED',
      `class ${name} runs ${[...releases].join(' and ')} in wave ${source.name}: wave ${wave.name} has no one release to take over`,
      `promote wave ${source.name} to its end first, or name another class with --class`,
    );
  }
}
