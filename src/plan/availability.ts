import type { ClassSpec } from '../fleet/spec.ts';
import { roundUp } from './round-up.ts';

const OFFLINE = { 'always-on': 0.01, flaky: 0.1 } as const;

/** Share of a class's devices that are expected offline, 0 to 1. */
export const offlineOf = ({ offline, availability }: ClassSpec): number => offline ?? OFFLINE[availability];

/**
 * Devices of one cluster that may be without inference during an update: ceil(offline × maxDevicesPerCluster)
 * for those that are off and never finish, and one that updates.
 */
export const maxUnavailableOf = (spec: ClassSpec): number =>
  roundUp(offlineOf(spec) * spec.maxDevicesPerCluster) + 1;
