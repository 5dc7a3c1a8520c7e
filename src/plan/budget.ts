import type { SliceName } from './plan.ts';

/** The part of a step that fits into what is left of a promotion's budget. */
export interface Portion {
  /** A run of the slices asked for, from the first. */
  readonly slices: readonly SliceName[];
  /** The slice that is larger than the whole budget and moves alone. */
  readonly oversized?: SliceName;
}

/**
 * Start a promotion's budget of devices. Call the result once for each class; it remembers what was taken.
 *
 * Slices are not cut: one that is larger than the whole budget is taken alone, when nothing else has been, so that
 * a rollout always comes to its end.
 *
 * @param maxDevices for all calls together
 */
export function startBudget(
  maxDevices: number,
): (slices: readonly SliceName[], devicesOf: (slice: SliceName) => number) => Portion {
  let left = maxDevices;
  let taken = 0;
  return (slices, devicesOf) => {
    const fitting: SliceName[] = [];
    for (const slice of slices) {
      const devices = devicesOf(slice);
      if (devices <= left) {
        left -= devices;
        taken += devices;
        fitting.push(slice);
      } else if (taken === 0 && devices > maxDevices) {
        left = -1;
        taken = devices;
        return { slices: [...fitting, slice], oversized: slice };
      } else break;
    }
    return { slices: fitting };
  };
}
