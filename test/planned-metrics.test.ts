import { expect, test } from 'vitest';
import type { TelemetrySpec } from '../src/fleet/spec.ts';
import { exampleFleet, ORIN_NANO } from '../src/rules/example-fleet.ts';
import type { PlannedMetrics } from '../src/plan/plan.ts';

type Metrics = TelemetrySpec['metrics'];

const requests = { errors: 'requests{code="500"}', requests: 'requests' };

const planned = (metrics: Partial<Metrics>): PlannedMetrics | undefined =>
  exampleFleet({
    classes: { 'orin-nano': ORIN_NANO },
    workloads: {
      inference: {
        memory: { byClass: { n100: '1Gi', 'orin-nano': '500M' } },
        telemetry: { metrics: { ...requests, ...metrics } },
      },
    },
  }).plan.metrics?.['inference'];

test('a plan names what telemetry counts, and nothing else unless a definition does', () => {
  expect(planned({})).toEqual(requests);
  expect(planned({ latency: 'latency' })).toEqual(requests);
});

test('trouble is compared with nine tenths of the memory of each class, and with the same latency in all', () => {
  const metrics = {
    latency: 'latency',
    slowAbove: 250,
    memory: 'held',
    restarts: 'requests',
    outOfMemory: 'killed',
  };
  expect(planned(metrics)?.trouble).toEqual({
    nearMemoryLimit: { series: 'held', above: { n100: 966_367_641, 'orin-nano': 450_000_000 } },
    outOfMemory: { series: 'killed' },
    restarted: { series: 'requests' },
    slow: { series: 'latency_bucket', above: { n100: 250, 'orin-nano': 250 } },
  });
});

test.each([
  ['latency', 'latency_bucket'],
  ['latency_bucket', 'latency_bucket'],
  ['latency{path="/a_bucket"}', 'latency_bucket{path="/a_bucket"}'],
  [' :a:latency_bucket {path="/"}', ' :a:latency_bucket {path="/"}'],
])('of a histogram %j the buckets are read', (latency, series) => {
  expect(planned({ latency, slowAbove: 1 })?.trouble?.slow?.series).toBe(series);
});

test('a latency to compare without a histogram is an error', () => {
  expect(() => planned({ slowAbove: 250 })).toThrow(
    'telemetry.metrics.slowAbove of workload "inference" is 250, and no latency is named to compare with it',
  );
});
