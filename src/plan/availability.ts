import type { ClassSpec } from '../fleet/spec.ts';

const OFFLINE = { 'always-on': 0.01, flaky: 0.1 } as const;

/** Share of a class's devices that are expected offline, 0 to 1. */
export const offlineOf = ({ offline, availability }: ClassSpec): number => offline ?? OFFLINE[availability];

/**
 * Devices of one cluster that may be without inference during an update: ceil(offline × maxDevicesPerCluster)
 * for those that are off and never finish, and one that updates.
 */
export const maxUnavailableOf = (spec: ClassSpec): number =>
  // Twelve digits: 0.07 * 100 is 7.000000000000001, which would round up to 8.
  Math.ceil(Number((offlineOf(spec) * spec.maxDevicesPerCluster).toPrecision(12))) + 1;
