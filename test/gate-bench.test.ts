import { expect, test } from 'vitest';
import { benchGate } from '../src/dev/bench/gate.ts';
import { seeded } from '../src/dev/bench/random.ts';

test('simulated rollouts are decided rightly far more often than not, and the same way every time', () => {
  const figures = benchGate(40);
  expect(figures.map(({ fault, wrong }) => [fault, wrong])).toEqual([
    ['healthy', 0],
    ['three times the failures', 0],
    ['5 points more devices silent', 0],
  ]);
  expect(figures.every(({ verdicts }) => verdicts.INSUFFICIENT < 20)).toBe(true);
  expect(benchGate(40)).toEqual(figures);
});

test('random counts and shares have the means that they should', () => {
  const random = seeded(1);
  const mean = (draw: () => number): number =>
    Array.from({ length: 20_000 }, draw).reduce((sum, value) => sum + value, 0) / 20_000;
  expect(mean(() => random.uniform())).toBeCloseTo(0.5, 1);
  expect(mean(() => random.binomial(20, 0.2))).toBeCloseTo(4, 1);
  expect(mean(() => random.beta(1.8, 7.2))).toBeCloseTo(0.2, 2);
  expect(mean(() => random.beta(0.045, 8.955))).toBeCloseTo(0.005, 2);
});
