import { UserError } from '../errors.ts';
import type { TelemetrySpec } from '../fleet/spec.ts';
import { formatDuration, parseDuration } from '../fleet/units.ts';
import { MAX_SERIES, TELEMETRY_DEFAULTS } from './telemetry-storage.ts';
import { toYaml } from './yaml.ts';

/** Folder of the remote-write secret's files. */
export const CREDENTIALS = '/etc/breakwater/remote-write';

/** Longest wait for the server's metrics, in milliseconds. */
const SCRAPE_TIMEOUT_MS = 10_000;

/** Environment variable of the agent → label of everything that it sends. */
export const IDENTITY_LABELS = {
  BREAKWATER_CLUSTER: 'cluster',
  BREAKWATER_CLASS: 'class',
  BREAKWATER_SLICE: 'slice',
  BREAKWATER_DEVICE: 'device',
  BREAKWATER_VERSION: 'version',
} as const;

const BARE_NAME = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(?:\{|$)/;
const QUOTED_NAME = /[{,]\s*(?:__name__\s*=\s*)?"((?:[^"\\]|\\.)*)"\s*[,}]/;

/**
 * The name of the metric that a series selector is about: `a{b="c"}`, `{__name__="a"}` or `{"a", b="c"}`.
 * @throws UserError `FLEET_SYNTH`
 */
export function metricName(selector: string, place: string): string {
  const name = BARE_NAME.exec(selector)?.[1] ?? QUOTED_NAME.exec(selector)?.[1];
  if (name !== undefined) return name;
  throw new UserError(
    'FLEET_SYNTH',
    `${place} is ${JSON.stringify(selector)}, which names no metric`,
    'begin it with the name of a metric, for example requests_total{code="500"}',
  );
}

const escapeRegex = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Names of the metrics that gates ask for. A histogram's quantiles need its buckets alone. */
function wantedMetrics({ metrics }: TelemetrySpec, workload: string): readonly string[] {
  const place = (key: string): string => `telemetry.metrics.${key} of workload "${workload}"`;
  const names = [
    metricName(metrics.errors, place('errors')),
    metricName(metrics.requests, place('requests')),
  ];
  for (const key of ['memory', 'restarts', 'outOfMemory'] as const) {
    const selector = metrics[key];
    if (selector !== undefined) names.push(metricName(selector, place(key)));
  }
  if (metrics.latency !== undefined) {
    names.push(metricName(metrics.latency, place('latency')).replace(/(_bucket)?$/, '_bucket'));
  }
  return [...new Set(names)].toSorted();
}

/** What the agent is told about. */
export interface ScrapeTarget {
  readonly workload: string;
  readonly port: number;
  readonly path: string;
}

/**
 * The agent's configuration: the same on every cluster, since who it is comes from its environment.
 *
 * Only the series that gates ask for leave the device, and `up`, which tells a silent device from one whose server
 * is down. Their labels are the server's own and those of {@link IDENTITY_LABELS}.
 */
export function telemetryConfig(telemetry: TelemetrySpec, { workload, port, path }: ScrapeTarget): string {
  const { remoteWrite } = telemetry;
  const keep = wantedMetrics(telemetry, workload).map(escapeRegex).join('|');
  const intervalMs = parseDuration(telemetry.scrapeInterval ?? TELEMETRY_DEFAULTS.scrapeInterval);
  return toYaml({
    global: {
      scrape_interval: formatDuration(intervalMs),
      scrape_timeout: formatDuration(Math.min(intervalMs, SCRAPE_TIMEOUT_MS)),
      external_labels: Object.fromEntries(
        Object.entries(IDENTITY_LABELS).map(([variable, label]) => [label, `\${${variable}}`]),
      ),
    },
    scrape_configs: [
      {
        job_name: workload,
        metrics_path: path,
        sample_limit: MAX_SERIES,
        // Prometheus 3 refuses metrics without a Content-Type that it knows; small servers often send none.
        fallback_scrape_protocol: 'PrometheusText0.0.4',
        static_configs: [{ targets: [`localhost:${port}`] }],
        metric_relabel_configs: [{ action: 'keep', source_labels: ['__name__'], regex: keep }],
      },
    ],
    remote_write: [
      {
        url: remoteWrite.url,
        ...(remoteWrite.secret === undefined
          ? {}
          : {
              basic_auth: {
                username_file: `${CREDENTIALS}/username`,
                password_file: `${CREDENTIALS}/password`,
              },
            }),
        // A fleet that comes back after an outage must not fall upon its receiver: one connection each, backing off.
        queue_config: { max_shards: 1, min_backoff: '1s', max_backoff: '1m' },
        metadata_config: { send: false },
        write_relabel_configs: [
          { action: 'keep', source_labels: ['__name__'], regex: `${keep}|up` },
          { action: 'labeldrop', regex: 'instance|job' },
        ],
      },
    ],
  });
}
