import type { StatisticalGate } from '../fleet/spec.ts';
import { binomialAtMost } from './binomial-tail.ts';
import { designEffect, observationsPerDevice } from './design-effect.ts';
import { correlationOf, errorShares, silentShares } from './expected-shares.ts';
import { judgeRise } from './rise-test.ts';
import type { Shares } from './sprt.ts';

/** Requests that a device answers while a wave is watched, at least; an assumption, for correlations near 0. */
const REQUESTS = 1000;

/** A class's part of a wave, as a plan knows it. */
export interface WaveArm {
  /** Devices of the wave, or their expectation. */
  readonly devices: number;
  readonly clusters: number;
  /** Devices of the class that still run the settled release meanwhile. */
  readonly control: number;
  /** Share of the class's devices that is expected offline. */
  readonly offline: number;
}

/** How likely a gate lets a healthy release pass, by what it looks at. */
export interface PassProbability {
  readonly errors: number;
  /** 1 where silence is not judged. */
  readonly overdue: number;
  /** Both. */
  readonly both: number;
  /** Independent observations in the wave: of requests, of silent devices. */
  readonly observations: { readonly errors: number; readonly overdue: number };
}

/**
 * The chance that a healthy release passes on one class of a wave, once every device has been watched.
 *
 * The gate's own test, at the largest number of failures that it lets pass: P(X ≤ k), X ~ Bin(n, healthy share), with n
 * independent observations, and a control that shows exactly what is expected of it.
 *
 * @param alpha of one test, shared over all
 */
export function passProbability(arm: WaveArm, gate: StatisticalGate, alpha: number): PassProbability {
  const { devices, clusters, control, offline } = arm;
  const correlation = correlationOf(gate);
  const size = clusters === 0 ? 1 : devices / clusters;
  const perDevice = observationsPerDevice(REQUESTS, size, correlation) * (1 - offline);
  const perSilent = 1 / designEffect(1, size, correlation);
  const of = (shares: Shares, weight: number): number =>
    passes({ devices, control, shares, weight }, { alpha, beta: gate.beta });
  const errors = of(errorShares(gate), perDevice);
  const overdue = gate.offline?.treatAs === 'exclude' ? 1 : of(silentShares(gate, offline), perSilent);
  return {
    errors,
    overdue,
    both: errors * overdue,
    observations: { errors: devices * perDevice, overdue: devices * perSilent },
  };
}

interface Expected {
  readonly devices: number;
  readonly control: number;
  readonly shares: Shares;
  readonly weight: number;
}

function passes(
  { devices, control, shares, weight }: Expected,
  { alpha, beta }: { readonly alpha: number; readonly beta: number },
): number {
  const observations = devices * weight;
  const inControl = { failed: control * shares.healthy, exposed: control };
  const passesWith = (failures: number): boolean => {
    const treatment = { failed: failures / weight, exposed: devices };
    const rise = { shares, weight, observations, alpha, beta };
    return judgeRise(treatment, inControl, rise).verdict === 'PASS';
  };
  if (observations <= 0 || control <= 0 || !passesWith(0)) return 0;
  let most = 0;
  let above = Math.ceil(observations * shares.faulty) + 1;
  while (above - most > 1) {
    const middle = Math.floor((most + above) / 2);
    if (passesWith(middle)) most = middle;
    else above = middle;
  }
  return binomialAtMost(most, observations, shares.healthy);
}
