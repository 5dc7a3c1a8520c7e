// Values were computed once with scipy 1.17.1 (scipy.special.betainc, betaincc, ndtri; scipy.stats.binom,
// binomtest(...).proportion_ci) and, where scipy itself has fewer digits (beta-binomial sums,
// Stirling's error), with mpmath 1.3 at 30 digits; e-values with Python's decimal at 60.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { betaBinomialAtLeast } from '../src/gate/beta-binomial-tail.ts';
import { binomialAtLeast, binomialAtMost } from '../src/gate/binomial-tail.ts';
import { controlLogRatio } from '../src/gate/control-test.ts';
import { designEffect, observationsPerDevice } from '../src/gate/design-effect.ts';
import { logEValue } from '../src/gate/e-value.ts';
import { expectedHarm, harmedDevices, timeToDetection } from '../src/gate/harm.ts';
import { incompleteBeta, incompleteBetaAbove, inverseIncompleteBeta } from '../src/gate/incomplete-beta.ts';
import { clopperPearson, wilson } from '../src/gate/intervals.ts';
import { normalQuantile } from '../src/gate/normal-quantile.ts';
import { badLook, falseRollbackOfAll, power, rollbackProbability, samplesToTell } from '../src/gate/power.ts';
import { expectedSamples, logRatio, sprtBounds } from '../src/gate/sprt.ts';
import { stirlingError } from '../src/gate/stirling.ts';

/** 1 where both agree: `toBeCloseTo(1, 9)` is agreement to nine digits. */
const ratio = (actual: number, expected: number): number => (actual === expected ? 1 : actual / expected);

test.each([
  [0.5, 0.5, 0.5, 0.5, 0.5],
  [0.3, 2, 5, 0.579825, 0.420175],
  [0.01, 1, 300, 0.9509591059287141, 0.049040894071285854],
  [0.05, 500, 9501, 0.5064066356891916, 0.4935933643108084],
  [0.9, 40, 3, 0.19510765482693676, 0.8048923451730633],
  [0.001, 1200, 998801, 4.589638606100751e-10, 0.9999999995410361],
  [0.2, 1e-3, 10, 0.9999586389837778, 4.136101622215191e-5],
  [0.04, 0.5, 12.25, 0.6778035764123169, 0.32219642358768313],
])('I_%s(%s, %s) and what is above it', (x, a, b, below, above) => {
  expect(ratio(incompleteBeta(x, a, b), below)).toBeCloseTo(1, 9);
  expect(ratio(incompleteBetaAbove(x, a, b), above)).toBeCloseTo(1, 9);
});

test.each([
  [6, 100, 0.03, 0.08083712890137347, 0.9687724905686448],
  [1, 60, 0.04, 0.9136476855148953, 0.302233100697866],
  [51, 1000, 0.04, 0.04906404536987243, 0.9643180907154227],
  [476, 9500, 0.045, 0.009578050146444658, 0.9915827494836709],
  [30, 200, 0.03, 5.719316224006228e-13, 0.9999999999999037],
  [5001, 1_000_000, 0.005, 0.49623882041635425, 0.5094160080380055],
])('at least, and at most, %s of %s devices that fail with probability %s', (k, n, p, atLeast, atMost) => {
  expect(ratio(binomialAtLeast(k, n, p), atLeast)).toBeCloseTo(1, 9);
  expect(ratio(binomialAtMost(k, n, p), atMost)).toBeCloseTo(1, 9);
});

test.each([
  [6, 100, 0.03, 0.05, 0.1868375592936461],
  [3, 10, 0.5, 0.1, 0.8633041381835938],
  [51, 1000, 0.04, 0.05, 0.2841086267936154],
  [10, 50, 0.01, 0.3, 0.01728212858083641],
  [45, 50, 0.9, 0.6, 0.8151463355769946],
  [201, 2000, 0.1, 0.02, 0.4469154981754016],
])('at least %s of %s devices that fail with probability %s and correlation %s', (k, n, p, rho, tail) => {
  expect(ratio(betaBinomialAtLeast(k, n, p, rho), tail)).toBeCloseTo(1, 9);
});

test.each([
  [0.7, 0.5244005127080407],
  [0.95, 1.6448536269514722],
  [0.975, 1.959963984540054],
  [0.999, 3.090232306167813],
  [1e-10, -6.361340902404056],
  [1e-300, -37.0470962993612],
])('the normal quantile of %s', (probability, z) =>
  expect(ratio(normalQuantile(probability), z)).toBeCloseTo(1, 9),
);

test.each([
  [0, 59, 0.95, 0, 0.04950760988846832, 0, 0.04384603558524927],
  [3, 100, 0.95, 0.0082258291078652, 0.07571079374983007, 0.01205181424927991, 0.07271034328690394],
  [50, 1000, 0.99, 0.03528149985474351, 0.06840489369563096, 0.036249781498949835, 0.06859470563605184],
  [10, 10, 0.95, 0.7411344491066529, 1, 0.787058029916593, 1],
  [
    5000, 1_000_000, 0.999, 0.004784848446125149, 0.005221805754002003, 0.0047867113087466705,
    0.005222742641321518,
  ],
])('bounds of %s in %s with confidence %s', (bad, n, confidence, low, high, wilsonLow, wilsonHigh) => {
  const exact = clopperPearson(bad, n, confidence);
  const approximate = wilson(bad, n, confidence);
  expect(ratio(exact.lower, low)).toBeCloseTo(1, 9);
  expect(ratio(exact.upper, high)).toBeCloseTo(1, 9);
  expect(approximate.lower).toBeCloseTo(wilsonLow, 12);
  expect(ratio(approximate.upper, wilsonHigh)).toBeCloseTo(1, 9);
});

// R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I: two-sided 95 %, to four places.
test.each([
  [81, 263, [0.2553, 0.3662], [0.2527, 0.3676]],
  [15, 148, [0.0624, 0.1605], [0.0578, 0.1617]],
  [0, 20, [0, 0.1611], [0, 0.1684]],
  [1, 29, [0.0061, 0.1718], [0.0009, 0.1776]],
])('the published bounds of %s in %s', (bad, n, score, exact) => {
  const rounded = ({ lower, upper }: { lower: number; upper: number }): number[] =>
    [lower, upper].map((bound) => Number(bound.toFixed(4)));
  expect(rounded(wilson(bad, n, 0.975))).toEqual(score);
  expect(rounded(clopperPearson(bad, n, 0.975))).toEqual(exact);
});

test.each([
  [0.01, 1.4340079537031842],
  [0.5, 0.15342640972002736],
  [1, 0.08106146679532726],
  [7.3, 0.011408422368027265],
  [1000, 8.333333055555635e-5],
])("Stirling's error of %s", (z, value) => expect(ratio(stirlingError(z), value)).toBeCloseTo(1, 9));

test.each([
  [10, 90, 0.05, 0.864521798338941],
  [3, 97, 0.05, -0.88686644717976],
  [60, 940, 0.05, -0.06445286767784272],
  [12.5, 87.25, 0.05, 2.59149565552277],
  [9000, 91_000, 0.05, 1303.373437601592],
  [2, 8, 0.01, 2.969231495048021],
])('ln e of %s bad and %s good against a limit of %s', (bad, ok, limit, value) =>
  expect(ratio(logEValue(bad, ok, limit), value)).toBeCloseTo(1, 9),
);

test('an e-value of nothing is 1', () => expect(logEValue(0, 0, 0.05)).toBeCloseTo(0, 14));

test.each([
  [100, 0.05, 0.2, 0.01, 0.9874251236518782],
  [1997, 0.005, 0.015, 0.01, 0.9873233131636634],
  [59, 0.001, 0.05, 0.1, 0.9515054747505768],
])('%s devices tell %s from %s with alpha %s', (n, healthy, faulty, alpha, probability) =>
  expect(ratio(power(n, { healthy, faulty }, alpha), probability)).toBeCloseTo(1, 9),
);

// Wald's own approximations; 2,911 and 988 are among the figures that planning tools print for these shares.
test.each([
  [0.005, 2, 6259, 2911],
  [0.005, 3, 1997, 988],
  [0.01, 3, 987, 488],
  [0.02, 5, 164, 88],
])(
  'to tell %s from %s times as much takes %s devices at once, %s on average',
  (healthy, times, fixed, average) => {
    const shares = { healthy, faulty: healthy * times };
    const errors = { alpha: 0.01, beta: 0.01 };
    expect(samplesToTell(shares, errors)).toBe(fixed);
    expect(Math.abs(expectedSamples(shares, errors).healthy - average)).toBeLessThan(1);
  },
);

test('the bounds for errors of one percent are 4.595 and -4.595', () => {
  const { fail, pass } = sprtBounds({ alpha: 0.01, beta: 0.01 });
  expect(ratio(fail, Math.log(99))).toBeCloseTo(1, 9);
  expect(ratio(pass, -Math.log(99))).toBeCloseTo(1, 9);
  expect(
    ratio(logRatio(2, 98, { healthy: 0.01, faulty: 0.02 }), 2 * Math.log(2) + 98 * Math.log(0.98 / 0.99)),
  ).toBeCloseTo(1, 9);
});

describe('a threshold that is looked at again and again', () => {
  const looks = { samples: 200, share: 0.03, threshold: 0.05, looks: 60, allowed: 0 };
  test('rolls back a healthy release with 91 percent in 60 looks', () => {
    expect(badLook(looks)).toBeCloseTo(0.0401, 4);
    expect(rollbackProbability(looks)).toBeCloseTo(0.914, 3);
    expect(rollbackProbability({ ...looks, allowed: 3 })).toBeCloseTo(0.22, 2);
  });
  test('is worse still where samples are alike', () => {
    expect(badLook({ ...looks, correlation: 0.05 })).toBeGreaterThan(0.15);
  });
  test('several metrics add up, to certainty at most', () => {
    expect(falseRollbackOfAll([0.01, 0.02])).toBeCloseTo(0.03, 12);
    expect(falseRollbackOfAll([0.6, 0.7])).toBe(1);
  });
});

test('sites of 50 devices with a correlation of 0.05 take 3.45 times as many devices', () => {
  expect(designEffect(1, 50, { device: 1, cluster: 0.05 })).toBeCloseTo(3.45, 12);
  expect(10_000 / designEffect(1, 50, { device: 1, cluster: 0.05 })).toBeCloseTo(2899, 0);
});

test('a device is never worth more than its correlation allows, however many requests it answers', () => {
  const correlation = { device: 0.05, cluster: 0.01 };
  expect(observationsPerDevice(0, 10, correlation)).toBe(0);
  expect(observationsPerDevice(1, 1, correlation)).toBe(1);
  expect(observationsPerDevice(1e9, 11, correlation)).toBeCloseTo(1 / 0.15, 6);
});

test('failures in proportion to the arms speak for a good release, three times as many for a bad one', () => {
  const control = { failed: 495, exposed: 9900 };
  const healthy = controlLogRatio({ failed: 5, exposed: 100 }, control, 3);
  const faulty = controlLogRatio({ failed: 15, exposed: 100 }, control, 3);
  expect(
    ratio(healthy, 5 * Math.log(300 / 10200 / (100 / 10000)) + 495 * Math.log(9900 / 10200 / (9900 / 10000))),
  ).toBeCloseTo(1, 9);
  expect(healthy).toBeLessThan(-4.4);
  expect(faulty).toBeGreaterThan(4.5);
  expect(controlLogRatio({ failed: 0, exposed: 100 }, { failed: 0, exposed: 100 }, 3)).toBeCloseTo(0);
  expect(controlLogRatio({ failed: 5, exposed: 100 }, { failed: 0, exposed: 0 }, 3)).toBe(0);
});

test('harm is what installs before the rollback arrives, and at most the wave', () => {
  expect(harmedDevices(900_000, 60_000, 600_000)).toBe(600_000);
  expect(harmedDevices(900_000, 1000, 600_000)).toBe(10_000);
  expect(harmedDevices(9000, Number.POSITIVE_INFINITY, 600_000, 0.5)).toBe(4500);
  expect(harmedDevices(9000, Number.POSITIVE_INFINITY, 0)).toBe(0);
  const times = { installMs: 60_000, lagMs: 30_000, delayMs: 0, intervalMs: 60_000 };
  expect(timeToDetection({ ...times, allowed: 2 })).toBe(270_000);
  expect(
    expectedHarm(
      [
        { devices: 100, miss: 0.1 },
        { devices: 900, miss: 0 },
        { devices: 9000, miss: 1 },
      ],
      0.01,
    ),
  ).toBeCloseTo(1.9);
});

describe('laws', () => {
  const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
  const count = fc.integer({ min: 1, max: 5000 });

  test('the two tails of a beta distribution make 1, and its quantile undoes it', () => {
    const shape = fc.double({ min: 0.1, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(share, shape, shape, (x, a, b) => {
        const below = incompleteBeta(x, a, b);
        expect(below + incompleteBetaAbove(x, a, b)).toBeCloseTo(1, 12);
        expect(below + incompleteBeta(1 - x, b, a)).toBeCloseTo(1, 8);
        expect(incompleteBeta(inverseIncompleteBeta(below, a, b), a, b)).toBeCloseTo(below, 9);
      }),
    );
  });

  test('correlation 0 is the binomial tail, and a tail only falls with the count', () => {
    fc.assert(
      fc.property(count, share, share, (n, p, part) => {
        const k = Math.ceil(part * n);
        expect(betaBinomialAtLeast(k, n, p, 1e-9)).toBeCloseTo(binomialAtLeast(k, n, p), 4);
        expect(binomialAtLeast(k + 1, n, p)).toBeLessThanOrEqual(binomialAtLeast(k, n, p));
        expect(binomialAtLeast(k, n, p) + binomialAtMost(k - 1, n, p)).toBeCloseTo(1, 10);
      }),
    );
  });

  test('exact bounds hold what was counted', () => {
    fc.assert(
      fc.property(count, share, fc.double({ min: 0.6, max: 0.999, noNaN: true }), (n, part, confidence) => {
        const bad = Math.floor(part * n);
        const { lower, upper } = clopperPearson(bad, n, confidence);
        expect(lower).toBeLessThanOrEqual(bad / n);
        expect(upper).toBeGreaterThanOrEqual(bad / n);
      }),
    );
  });
});
