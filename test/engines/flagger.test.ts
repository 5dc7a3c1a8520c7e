import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInRange, runCanary } from '../../src/gate/engines/flagger.ts';

test('five iterations with good checks take nine intervals: six checks and the way in and out', () => {
  expect(runCanary({ threshold: 2, iterations: 5 }, [true])).toEqual({
    phase: 'Succeeded',
    iterations: 0,
    weight: 0,
    failedChecks: 0,
    ticks: 9,
    checks: 6,
  });
});

test('weights of 10 and 50 percent are promoted at 50', () => {
  expect(runCanary({ threshold: 1, stepWeights: [10, 50] }, [true])).toMatchObject({
    phase: 'Succeeded',
    ticks: 5,
  });
});

test('failed checks add up over good ones, and the rollback comes an interval later', () => {
  expect(runCanary({ threshold: 2, iterations: 9 }, [false, true, true, false, true])).toMatchObject({
    phase: 'Failed',
    checks: 4,
    ticks: 6,
  });
});

test('a threshold of 0 is one of 1', () => {
  const run = (threshold: number) => runCanary({ threshold, iterations: 3 }, [false]);
  expect(run(0)).toEqual(run(1));
});

test('weights that do not rise stand still for ever', () => {
  expect(runCanary({ threshold: 1, stepWeights: [20, 20, 40] }, [true], 500)).toMatchObject({
    phase: 'Progressing',
    weight: 20,
    ticks: 500,
  });
});

test('A/B testing goes round once less than blue/green', () => {
  const analysis = { threshold: 1, iterations: 5 };
  expect(runCanary({ ...analysis, matches: true }, [true]).ticks).toBe(runCanary(analysis, [true]).ticks - 1);
});

test('where nothing shifts requests there are ten iterations, and matches count for nothing', () => {
  const unrouted = true;
  expect(runCanary({ threshold: 1, stepWeight: 20, unrouted }, [true])).toEqual(
    runCanary({ threshold: 1, iterations: 10 }, [true]),
  );
  expect(runCanary({ threshold: 1, iterations: 3, matches: true, unrouted }, [true])).toEqual(
    runCanary({ threshold: 1, iterations: 3 }, [true]),
  );
});

test('the bounds themselves are in range, and no value is not', () => {
  const range = { min: 1, max: 5 };
  const values = [1, 5, 0.9, 5.1, Number.NaN, undefined];
  expect(values.map((value) => isInRange(value, range))).toEqual([true, true, false, false, false, false]);
  expect(isInRange(undefined, {})).toBe(false);
});

test('more failed checks never turn a failure into a success', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
      fc.nat(19),
      (threshold, iterations, checks, at) => {
        const worse = checks.map((check, index) => check && index !== at);
        const analysis = { threshold, iterations };
        const [before, after] = [checks, worse].map((all) => runCanary(analysis, [...all, true]).phase);
        expect([before, after]).not.toEqual(['Failed', 'Succeeded']);
      },
    ),
  );
});
