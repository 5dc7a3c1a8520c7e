// What a gate will have to go by in each wave, as far as a definition tells: for rules of the statistics, and for the
// design of waves.

import type { GateSpec, StatisticalGate } from '../fleet/spec.ts';
import { parseDuration } from '../fleet/units.ts';
import { detectionMs } from '../plan/harm.ts';
import type { Plan, PlannedWave } from '../plan/plan.ts';
import { SLICES } from '../plan/slices.ts';
import { shareAlpha, type Test } from './decide.ts';
import { passProbability, type PassProbability, type WaveArm } from './pass-probability.ts';
import { plannedMetrics } from './sequential.ts';

const isError = (ratio: number): boolean => ratio > 0 && ratio < 0.5;

/** The gate, where evidence decides and its numbers make sense; else another rule's business. */
export function statisticsIn(gate: GateSpec): StatisticalGate | undefined {
  if (gate.by === 'human') return undefined;
  const { baseline, detect, alpha, beta, ceiling } = gate;
  const sensible =
    baseline > 0 && detect > 0 && baseline + detect < 1 && (ceiling === undefined || ceiling > baseline);
  return sensible && isError(alpha) && isError(beta) && parseDuration(gate.window) > 0 ? gate : undefined;
}

/** Waves that have slices; a wave is judged before the next of them follows. */
export const realWaves = ({ waves }: Plan): readonly PlannedWave[] =>
  waves.filter(({ slices }) => slices.length > 0);

/** Waves that a gate judges: all but the last. */
export const judgedWaves = (plan: Plan): readonly PlannedWave[] => realWaves(plan).slice(0, -1);

/** A class's devices in a run of slices, and what is left of the class behind them. */
export function armOf(plan: Plan, slices: readonly string[], name: string): WaveArm {
  const end = plan.slices.findIndex((slice) => slice.name === slices.at(-1));
  const sum = (of: readonly Plan['slices'][number][], what: 'clusters' | 'devices'): number =>
    of.reduce((all, { classes }) => all + (classes[name]?.[what] ?? 0), 0);
  const inside = plan.slices.filter((slice) => slices.includes(slice.name));
  return {
    devices: sum(inside, 'devices'),
    clusters: sum(inside, 'clusters'),
    control: sum(plan.slices.slice(end + 1), 'devices'),
    offline: plan.classes[name]?.offline ?? 0,
  };
}

/**
 * The share of false rollbacks that each test may use, when a wave is judged: errors, silence, ceiling and what trouble
 * is watched, for each class and workload with telemetry; and all but the ceiling for each workload over classes together.
 */
export function alphaOfEach(plan: Plan, gate: StatisticalGate, classes: number): number {
  const workloads = Object.keys(plan.metrics ?? {});
  const tests = (workloads.length === 0 ? [''] : workloads).flatMap((workload) =>
    plannedMetrics(gate, plan, workload).map((metric): Test => ({ workload, metric })),
  );
  const each = Array.from({ length: classes }, () => tests).flat();
  return shareAlpha(gate, each, classes).alphaOfEach;
}

/** One class in one wave that is judged. */
export interface JudgedArm {
  readonly wave: PlannedWave;
  readonly class: string;
  readonly arm: WaveArm;
  readonly pass: PassProbability;
  /** Of each test. */
  readonly alpha: number;
}

/** Every class in every wave that is judged. */
export function judgedArms(plan: Plan, gate: StatisticalGate): JudgedArm[] {
  return judgedWaves(plan).flatMap((wave) => {
    const names = Object.keys(plan.classes).filter((name) => (wave.classes[name]?.devices ?? 0) > 0);
    const alpha = alphaOfEach(plan, gate, names.length);
    return names.map((name): JudgedArm => {
      const arm = armOf(plan, wave.slices, name);
      return { wave, class: name, arm, pass: passProbability(arm, gate, alpha), alpha };
    });
  });
}

/** Slices from one wave's first on to each cut behind it, each with its cut in percent. */
export function longerWaves(wave: PlannedWave): { percent: number; slices: string[] }[] {
  const from = SLICES.findIndex(({ name }) => name === wave.slices[0]);
  const end = SLICES.findIndex(({ name }) => name === wave.slices.at(-1));
  return SLICES.slice(end + 1, -1).map(({ to }, index) => ({
    percent: to / 100,
    slices: SLICES.slice(from, end + 2 + index).map(({ name }) => name),
  }));
}

/** Devices of a wave that may have moved before it can be known what the release does to them. */
export interface InFlight {
  /** Promotions within that time; infinite without a pause. */
  readonly parts: number;
  readonly devices: number;
}

export function inFlight(plan: Plan, wave: PlannedWave): InFlight {
  const pauseMs = parseDuration(wave.pause);
  const parts =
    pauseMs === 0 ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(detectionMs(plan.gate) / pauseMs));
  const { devices } = wave.total;
  const part = Math.min(devices, plan.budget.maxDevicesPerPromotion ?? devices);
  return { parts, devices: part === 0 ? 0 : Math.min(devices, parts * part) };
}

/** The largest slice of a class among those of a wave: what a promotion moves at least. */
export const largestSlice = (plan: Plan, wave: PlannedWave): number =>
  Math.max(
    0,
    ...plan.slices
      .filter(({ name }) => wave.slices.includes(name))
      .flatMap(({ classes }) => Object.values(classes).map(({ devices }) => devices)),
  );
