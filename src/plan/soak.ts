import { formatDuration, parseDuration } from '../fleet/units.ts';
import type { NextStep } from './next-step.ts';
import type { SliceName } from './plan.ts';

/**
 * When a slice of a class last moved: the commit time of its line in the rollout file, now for a line that is not
 * committed; `undefined` where nothing tells, as without a Git repository.
 * @returns milliseconds since the epoch
 */
export type LastMove = (name: string, slice: SliceName) => number | undefined;

/** Whether a step's source has been watched long enough. */
export interface SoakStatus {
  /** When the source last moved, in milliseconds since the epoch; `undefined` where nothing tells. */
  readonly since: number | undefined;
  /** How long it must be watched, in milliseconds: the source wave's `soak`, or `pause` between two parts of a wave. */
  readonly requiredMs: number;
  /** From when on the step is due, in milliseconds since the epoch; `undefined` where nothing tells. */
  readonly dueAt: number | undefined;
}

export function soakOf(step: NextStep, name: string, lastMove: LastMove): SoakStatus {
  const { wave, slices } = step.source;
  const requiredMs = parseDuration(step.continues ? wave.pause : wave.soak);
  const times = slices.map((slice) => lastMove(name, slice));
  const since = times.reduce<number | undefined>(
    (latest, time) => (latest === undefined || time === undefined ? undefined : Math.max(latest, time)),
    Number.NEGATIVE_INFINITY,
  );
  return { since, requiredMs, dueAt: since === undefined ? undefined : since + requiredMs };
}

/** Say what is waited for and until when: lower case, no full stop. */
export function tellSoak(step: NextStep, { since, requiredMs, dueAt }: SoakStatus, nowMs: number): string {
  const { wave } = step.source;
  const required = formatDuration(requiredMs);
  const what = step.continues
    ? `parts of wave ${wave.name} are ${required} apart`
    : `wave ${wave.name} must be watched for ${required}`;
  if (since === undefined || dueAt === undefined) {
    return `${what}, and nothing tells since when it runs ${step.release}: its lines are not in a Git repository, or Git is not installed`;
  }
  const watched = formatDuration(Math.max(0, Math.floor((nowMs - since) / 1000) * 1000));
  return `${what}, and has run ${step.release} for ${watched}: due ${new Date(dueAt).toISOString()}`;
}
