// Values were computed once with mpmath 1.3 at 30 digits: the test's two bounds tried count by count from 0, and
// I_{1−p}(n − k, k + 1) at the last count that passes.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StatisticalGate } from '../src/fleet/spec.ts';
import { passProbability, type WaveArm } from '../src/gate/pass-probability.ts';

const GATE: StatisticalGate = {
  baseline: 0.005,
  detect: 0.01,
  alpha: 0.01,
  beta: 0.01,
  ceiling: 0.05,
  window: '10m',
  overdueAfter: '6h',
};

const arm = (devices: number, clusters: number, control: number, offline = 0.01): WaveArm => ({
  devices,
  clusters,
  control,
  offline,
});

test.each([
  [arm(500, 500, 45_000), 0.1, 0.1, 0.01, 3, 0.997548410369529, 0.994791955745828],
  [arm(1000, 1000, 90_000), 0.5, 0.1, 0.05, 3, 0.922651459494041, 0.999994429469894],
  [arm(600, 20, 3800), 0.05, 0.002, 0.01, 11, 0.998895860216936, 0.997908470607454],
  [arm(1200, 200, 28_000, 0.1), 0.05, 0.002, 0.01, 11, 0.999999999968842, 0.944608479346751],
])('%j passes', (of, device, cluster, error, tests, errors, overdue) => {
  const gate = { ...GATE, alpha: error, beta: error, correlation: { device, cluster } };
  const pass = passProbability(of, gate, error / tests);
  expect(pass.errors / errors).toBeCloseTo(1, 9);
  expect(pass.overdue / overdue).toBeCloseTo(1, 9);
  expect(pass.both).toBe(pass.errors * pass.overdue);
});

test('nothing passes where nobody is in the wave, or no control is left', () => {
  expect(passProbability(arm(0, 0, 1000), GATE, 0.01).both).toBe(0);
  expect(passProbability(arm(100_000, 100_000, 0), GATE, 0.01).both).toBe(0);
});

test('silence that is not judged holds nobody up', () => {
  expect(passProbability(arm(10, 10, 1000), { ...GATE, offline: { treatAs: 'exclude' } }, 0.01).overdue).toBe(
    1,
  );
});

test('twice the devices never pass noticeably less often, and less alike ones never so', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 20_000 }),
      fc.integer({ min: 1, max: 50 }),
      fc.constantFrom(0.05, 0.3, 1),
      (clusters, size, device) => {
        const of = (times: number): WaveArm => arm(times * clusters * size, times * clusters, 1e7);
        const gate = { ...GATE, correlation: { device, cluster: 0.02 } };
        const once = passProbability(of(1), gate, 0.003);
        // Counts are whole, so that it does not grow evenly.
        expect(passProbability(of(2), gate, 0.003).both).toBeGreaterThanOrEqual(once.both - 0.02);
        const less = { ...GATE, correlation: { device: device / 2, cluster: 0.01 } };
        expect(passProbability(of(1), less, 0.003).both).toBeGreaterThanOrEqual(once.both - 0.02);
      },
    ),
  );
});
