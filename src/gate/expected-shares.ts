import type { StatisticalGate } from '../fleet/spec.ts';
import type { Correlation } from './design-effect.ts';
import type { Shares } from './sprt.ts';

/** A share of silent devices that stands for none, so that twice as many is still a number. */
const LEAST = 0.001;
/** The same for a baseline of 0, which a rule refuses. */
export const LEAST_BASELINE = 1e-6;

/** How alike a gate takes evidence to be, by default: a device's requests are copies, devices of a cluster alike by 0.1. */
export const correlationOf = ({ correlation }: StatisticalGate): Correlation => ({
  device: correlation?.device ?? 1,
  cluster: correlation?.cluster ?? 0.1,
});

/** Shares of failed requests: of a healthy release, and of one that must not pass. */
export function errorShares({ baseline, detect }: StatisticalGate): Shares {
  const healthy = Math.max(baseline, LEAST_BASELINE);
  return { healthy, faulty: healthy + detect };
}

/**
 * Shares of silent devices: of a healthy release, and of one that must not pass.
 * @param offline share of the class's devices that is expected offline
 */
export function silentShares({ ceiling, detect }: StatisticalGate, offline: number): Shares {
  const healthy = Math.max(offline, LEAST);
  return { healthy, faulty: Math.min(0.999, healthy + (ceiling ?? detect)) };
}
