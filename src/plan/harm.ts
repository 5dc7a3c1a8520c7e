import type { GateSpec } from '../fleet/spec.ts';
import { parseDuration } from '../fleet/units.ts';
import { sizeOf } from './movement.ts';
import type { JudgedWave } from './judged-wave.ts';
import type { NextStep } from './next-step.ts';
import type { Plan, SliceName } from './plan.ts';
import type { LastMove } from './soak.ts';

/**
 * The largest share of devices that a release may harm although the wave before was let pass: just under the rise
 * that the gate looks for. Of requests that is `detect`; of devices that fall silent it is `ceiling`, else `detect`.
 * Where people decide, or silence is not judged, nothing is promised: 1.
 *
 * @returns a ratio
 */
export function unseenShare(gate: GateSpec): number {
  if (gate.by === 'human' || gate.overdueAfter === undefined || gate.offline?.treatAs === 'exclude') return 1;
  return Math.min(1, Math.max(gate.detect, gate.ceiling ?? gate.detect));
}

/**
 * How long a release runs on a device until what it does there can be known at the latest: `overdueAfter` and one
 * window.
 * @returns milliseconds
 */
export const detectionMs = ({ overdueAfter = '0s', window }: GateSpec): number =>
  parseDuration(overdueAfter) + parseDuration(window);

/** What a promotion may still expose, as `maxHarmedDevices` goes. */
export interface Room {
  /** Devices of the next step that may move. */
  readonly devices: number;
  /** Share of what moves that may be harmed, a ratio. */
  readonly share: number;
  /** Devices that got the release so lately that nobody can know yet what it does to them. */
  readonly unwatched: number;
}

/** What a promotion that runs knows. */
interface Clock {
  readonly lastMove: LastMove;
  readonly nowMs: number;
}

/**
 * How many devices a step may move so that no more than `left` are harmed, should the release be as bad as the wave
 * before could not show: those of it that moved lately count as well.
 *
 * @param judged the wave that was let pass; `undefined` where nobody has run the release, which may harm them all
 * @param left harmed devices that are left of `maxHarmedDevices`
 */
export function roomFor(
  { class: name, step, judged }: { class: string; step: NextStep; judged: JudgedWave | undefined },
  plan: Plan,
  { lastMove, nowMs }: Clock,
  left: number,
): Room {
  const share = judged === undefined ? 1 : unseenShare(plan.gate);
  const since = nowMs - detectionMs(plan.gate);
  const lately = step.continues
    ? step.source.slices.filter((slice) => (lastMove(name, slice) ?? nowMs) > since)
    : [];
  const unwatched = lately
    .filter((slice) => judged?.slices.includes(slice) !== true)
    .reduce((sum, slice) => sum + sizeOf(plan, slice, name).devices, 0);
  // Twelve digits: 3 / 0.05 is 60 and not 59.99999999999999.
  const devices = Math.floor(Number((left / share).toPrecision(12))) - unwatched;
  return { devices: Math.max(0, devices), share, unwatched };
}

/** The slices, from the first, that the room is large enough for. */
export function fitting(
  slices: readonly SliceName[],
  devicesOf: (slice: SliceName) => number,
  { devices }: Pick<Room, 'devices'>,
): readonly SliceName[] {
  let left = devices;
  const end = slices.findIndex((slice) => {
    left -= devicesOf(slice);
    return left < 0;
  });
  return end === -1 ? slices : slices.slice(0, end);
}
