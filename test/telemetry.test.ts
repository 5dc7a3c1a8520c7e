import * as fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import type { ModelServerSpec, TelemetrySpec } from '../src/fleet/spec.ts';
import { metricName, telemetryConfig } from '../src/synth/telemetry-config.ts';
import { telemetryLogBytes } from '../src/synth/telemetry-storage.ts';
import { sampleFleet } from './support/sample-fleet.ts';

const telemetry = (sampleFleet().workloads['inference'] as ModelServerSpec).telemetry!;
const target = { workload: 'inference', port: 8501, path: '/metrics' };

test('the agent is configured once for all clusters: who it is comes from its environment', () => {
  expect(telemetryConfig(telemetry, target)).toMatchInlineSnapshot(`
    "global:
      external_labels:
        class: \${BREAKWATER_CLASS}
        cluster: \${BREAKWATER_CLUSTER}
        device: \${BREAKWATER_DEVICE}
        slice: \${BREAKWATER_SLICE}
        version: \${BREAKWATER_VERSION}
      scrape_interval: 30s
      scrape_timeout: 10s
    remote_write:
      - basic_auth:
          password_file: /etc/breakwater/remote-write/password
          username_file: /etc/breakwater/remote-write/username
        metadata_config:
          send: false
        queue_config:
          max_backoff: 1m
          max_shards: 1
          min_backoff: 1s
        url: https://metrics.example.com/api/v1/write
        write_relabel_configs:
          - action: keep
            regex: :tensorflow:serving:request_count|:tensorflow:serving:request_latency_bucket|up
            source_labels:
              - __name__
          - action: labeldrop
            regex: instance|job
    scrape_configs:
      - fallback_scrape_protocol: PrometheusText0.0.4
        job_name: inference
        metric_relabel_configs:
          - action: keep
            regex: :tensorflow:serving:request_count|:tensorflow:serving:request_latency_bucket
            source_labels:
              - __name__
        metrics_path: /metrics
        sample_limit: 1000
        static_configs:
          - targets:
              - localhost:8501
    "
  `);
});

test('without a secret it sends without credentials', () => {
  const { remote_write: written } = parse(
    telemetryConfig({ ...telemetry, remoteWrite: { url: 'http://receiver:9090/write' } }, target),
  ) as { readonly remote_write: readonly object[] };
  expect(written[0]).not.toHaveProperty('basic_auth');
});

test('a scrape never waits longer than until the next', () => {
  const { global } = parse(telemetryConfig({ ...telemetry, scrapeInterval: '5s' }, target)) as {
    readonly global: { readonly scrape_interval: string; readonly scrape_timeout: string };
  };
  expect(global).toMatchObject({ scrape_interval: '5s', scrape_timeout: '5s' });
});

describe('the metric that a selector is about', () => {
  test.each([
    ['requests_total', 'requests_total'],
    [':tensorflow:serving:request_count{status!="OK"}', ':tensorflow:serving:request_count'],
    ['{__name__="requests_total"}', 'requests_total'],
    ['{code=~"5..", __name__="requests_total"}', 'requests_total'],
    ['{"requests.total", code="500"}', 'requests.total'],
    [' requests_total {code="500"}', 'requests_total'],
  ])('%s', (selector, name) => {
    expect(metricName(selector, 'x')).toBe(name);
  });

  test.each(['{code="500"}', '', 'rate(x[5m])'])('%j names none', (selector) => {
    expect(() => metricName(selector, 'telemetry.metrics.errors')).toThrow(/names no metric/);
  });
});

test.each([':a:request_latency', ':a:request_latency_bucket'])(
  'of a histogram named %s the buckets are kept',
  (latency) => {
    const text = telemetryConfig({ ...telemetry, metrics: { errors: 'e', requests: 'r', latency } }, target);
    expect(text).toContain('regex: :a:request_latency_bucket|e|r\n');
  },
);

describe('the disk that the log may take', () => {
  const bytes = (change: Partial<TelemetrySpec>): number => telemetryLogBytes({ ...telemetry, ...change });

  test('a day offline, 1,000 series every 30 seconds', () => {
    expect(bytes({})).toBe(104 * 2 ** 20);
  });

  test('grows with the time offline and with the rate of scrapes, in whole MiB', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 5, max: 120 }), (hours, seconds) => {
        const size = bytes({ offline: `${hours}h`, scrapeInterval: `${seconds}s` });
        expect(size % 2 ** 20).toBe(0);
        expect(bytes({ offline: `${hours + 24}h`, scrapeInterval: `${seconds}s` })).toBeGreaterThanOrEqual(
          size,
        );
        expect(bytes({ offline: `${hours}h`, scrapeInterval: `${seconds + 1}s` })).toBeLessThanOrEqual(size);
      }),
    );
  });
});
