import { parseDuration, type Duration } from '../../fleet/units.ts';

/**
 * A duration as every Prometheus reads it: whole milliseconds or a larger unit, never a fraction.
 * @returns such as `21600s`, `1500ms`
 */
export function prometheusDuration(duration: Duration): string {
  const ms = Math.max(1, Math.round(parseDuration(duration)));
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
