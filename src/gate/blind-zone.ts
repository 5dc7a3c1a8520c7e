/**
 * The rises of a failure rate that an absolute ceiling never sees: max(0, ceiling − baseline). A release that
 * fails that much more often than usual stays below the ceiling, and the more devices are watched the surer it
 * passes.
 *
 * @param ceiling share of requests above which the gate rolls back, 0 to 1
 * @param baseline share of requests that fail when all is well, 0 to 1
 * @returns a ratio: 0.045 (4.5 percentage points) for a ceiling of 5 % over a baseline of 0.5 %
 */
export const blindZone = (ceiling: number, baseline: number): number =>
  // 0.05 - 0.005 is 0.045000000000000005.
  Math.max(0, Number((ceiling - baseline).toPrecision(12)));
