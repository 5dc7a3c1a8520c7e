import type { TelemetrySpec } from '../fleet/spec.ts';
import { parseDuration } from '../fleet/units.ts';

const MIB = 2 ** 20;

/**
 * Defaults of a telemetry agent, as the types say. Measured for Prometheus 3.16 with 990 series: 36 MiB of its own and
 * 61 MiB of its program's pages, also when the receiver was away; with 96Mi these are read again and again.
 */
export const TELEMETRY_DEFAULTS = {
  memory: '128Mi',
  cpu: '100m',
  scrapeInterval: '30s',
  offline: '24h',
} as const;

/**
 * Most series that a device may send; the agent refuses a scrape that yields more, so that the bound below holds.
 * TensorFlow Serving yields about 70 for one model: 34 buckets for each of two entry points, and a few statuses.
 */
export const MAX_SERIES = 1000;

/**
 * Bytes that a sample takes in the write-ahead log. Measured with Prometheus 3.16: 8.2, with 990 buckets that all grow
 * by a random amount at every scrape; less where counters stand still. The rest is room.
 */
const SAMPLE_BYTES = 12;

/** While the agent cuts its log, what is kept stands in it twice: in segments and in the new checkpoint. */
const COPIES = 2;

/** The agent cuts its log only every so often. In milliseconds. */
const TRUNCATE_MS = 2 * 3_600_000;

/** An empty log, its segments and names of series. */
const BASE_BYTES = 32 * MIB;

/**
 * Bytes of disk that the agent's log takes at most: samples of the declared offline time, and of the time until the
 * log is cut.
 *
 * @returns whole MiB, in bytes
 * @see https://github.com/prometheus/prometheus/blob/main/tsdb/agent/db.go
 */
export function telemetryLogBytes({ scrapeInterval, offline }: TelemetrySpec): number {
  const keptMs = parseDuration(offline ?? TELEMETRY_DEFAULTS.offline) + TRUNCATE_MS;
  const scrapes = Math.ceil(keptMs / parseDuration(scrapeInterval ?? TELEMETRY_DEFAULTS.scrapeInterval));
  return Math.ceil((BASE_BYTES + scrapes * MAX_SERIES * SAMPLE_BYTES * COPIES) / MIB) * MIB;
}
