import { UserError } from '../errors.ts';
import type { Plan, ReleaseId, SliceName, Version } from '../plan/plan.ts';
import type { RolloutState } from '../plan/state.ts';

/** What is to be judged of one class. */
export interface Question {
  readonly class: string;
  readonly release: ReleaseId;
  readonly settled: ReleaseId | null;
  /** Slices of the wave that run the release and have devices. */
  readonly treatment: readonly SliceName[];
  /** Slices of the class that still run the settled release and have devices. */
  readonly control: readonly SliceName[];
  /** By workload. */
  readonly versions: Readonly<Record<string, Version>>;
  /** By workload; empty where nothing is settled. */
  readonly settledVersions: Readonly<Record<string, Version>>;
}

/** The version of each workload of a stored release. */
export type VersionsOf = (className: string, release: ReleaseId) => Readonly<Record<string, Version>>;

/**
 * What a wave asks of a gate: for each class whose slices of the wave run a release that is not settled, that
 * release against the settled one.
 *
 * @throws UserError `WAVE_UNKNOWN`; `NOTHING_TO_JUDGE` where no class has such a release on the wave
 */
export function questionsOf(
  state: RolloutState,
  plan: Plan,
  wave: string,
  versionsOf: VersionsOf,
): Question[] {
  const planned = plan.waves.find(({ name }) => name === wave);
  if (planned === undefined) {
    const names = plan.waves.map(({ name }) => name).join(', ');
    throw new UserError(
      'WAVE_UNKNOWN',
      `fleet ${plan.fleet} has no wave ${JSON.stringify(wave)}`,
      `name one of ${names}`,
    );
  }
  const hasDevices = (slice: SliceName, name: string): boolean =>
    (plan.slices.find((of) => of.name === slice)?.classes[name]?.devices ?? 0) > 0;
  const questions = Object.entries(state.classes).flatMap(([name, { pointers, settled }]): Question[] => {
    const release = pointers[planned.slices[0]!]?.runs;
    if (release === undefined || release === settled || plan.classes[name] === undefined) return [];
    const running = (id: ReleaseId | null, slices: readonly SliceName[]): SliceName[] =>
      slices.filter((slice) => pointers[slice]?.runs === id && hasDevices(slice, name));
    return [
      {
        class: name,
        release,
        settled,
        treatment: running(release, planned.slices),
        control: settled === null ? [] : running(settled, Object.keys(pointers)),
        versions: versionsOf(name, release),
        settledVersions: settled === null ? {} : versionsOf(name, settled),
      },
    ];
  });
  if (questions.length > 0) return questions;
  throw new UserError(
    'NOTHING_TO_JUDGE',
    `wave ${wave} of fleet ${plan.fleet} runs the settled release in every class`,
    'name a wave that runs a new release: see breakwater status',
  );
}
