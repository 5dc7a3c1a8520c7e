/** What stands between a bad release and the look that shows it. Times in milliseconds. */
export interface Detection {
  /** Until enough devices have installed it. */
  readonly installMs: number;
  /** Until what a device counts is where it is looked at. */
  readonly lagMs: number;
  /** Before the first look. */
  readonly delayMs: number;
  /** Between two looks. */
  readonly intervalMs: number;
  /** Bad looks that are forgiven. */
  readonly allowed: number;
}

/**
 * How long a bad release runs until it is found bad by what devices report: install + lag + delay + (allowed + 1) ×
 * interval. A release that silences its devices is found after `overdueAfter` at the earliest.
 *
 * @returns milliseconds
 */
export const timeToDetection = ({ installMs, lagMs, delayMs, intervalMs, allowed }: Detection): number =>
  installMs + lagMs + delayMs + (allowed + 1) * intervalMs;

/**
 * Devices that a bad release harms before its rollback takes effect: min(wave, rate × time) × share.
 *
 * @param devices of the wave
 * @param perMinute devices that install it in a minute; infinite where nothing holds them
 * @param ms until the rollback takes effect: time to detection, and the time that a moved pointer takes to arrive
 * @param share of devices that it harms; 1 is the worst case
 * @returns devices, not rounded
 */
export const harmedDevices = (devices: number, perMinute: number, ms: number, share = 1): number =>
  Math.min(devices, ms <= 0 ? 0 : (perMinute * ms) / 60_000) * share;

/**
 * Extra devices that fail on average over a whole rollout: Σ devices × rise × the chance that every wave before
 * let it pass.
 *
 * @param waves in order: devices that each adds, and its gate's probability of a miss
 * @param rise of the share of failing devices, a ratio
 * @returns devices, not rounded
 */
export function expectedHarm(
  waves: readonly { readonly devices: number; readonly miss: number }[],
  rise: number,
): number {
  let reached = 1;
  let harm = 0;
  for (const { devices, miss } of waves) {
    harm += devices * rise * reached;
    reached *= miss;
  }
  return harm;
}
