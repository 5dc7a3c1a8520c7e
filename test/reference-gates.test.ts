// Every reference fleet has a path to the end: where evidence decides, healthy releases pass and faulty ones do not.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { seeded, type Random } from '../src/dev/bench/random.ts';
import type { StatisticalGate } from '../src/fleet/spec.ts';
import { decide, statisticsOf } from '../src/gate/decide.ts';
import type { EvidenceRow } from '../src/gate/evidence.ts';
import { correlationOf } from '../src/gate/expected-shares.ts';
import { questionsOf } from '../src/gate/question.ts';
import type { Verdict } from '../src/gate/verdict.ts';
import type { PlanFile } from '../src/plan/plan.ts';

const generated = fileURLToPath(new URL('../generated', import.meta.url));

const plans = readdirSync(generated).map(
  (fleet) => JSON.parse(readFileSync(`${generated}/${fleet}/plan.json`, 'utf8')) as PlanFile,
);

const [OLD, NEW] = ['r000000000001', 'r000000000002'] as const;
const VERSIONS = { [OLD]: 'v000000000001', [NEW]: 'v000000000002' } as const;
const NOW = Date.parse('2026-01-02T00:00:00Z');

/** Share of healthy devices that are slow, or restart. */
const TROUBLED = 0.002;

/** What the new release does: times the failures, and how many points more devices it silences. */
interface Release {
  readonly times: number;
  readonly silenced: number;
}

/** Failures and silence that are as alike as the gate takes them to be, cluster by cluster. */
function drawn(
  random: Random,
  { clusters, devices, offline }: { clusters: number; devices: number; offline: number },
  gate: StatisticalGate,
  { times, silenced }: Release,
): { bad: number; overdue: number } {
  const { device, cluster } = correlationOf(gate);
  const size = devices / clusters;
  const share = (mean: number, correlation: number): number =>
    correlation <= 0 ? mean : random.beta(mean * (1 / correlation - 1), (1 - mean) * (1 / correlation - 1));
  let [bad, overdue] = [0, 0];
  for (let at = 0; at < clusters; at += 1) {
    // Of the mean over a cluster's devices.
    bad += share(gate.baseline * times, (device + (size - 1) * cluster) / size) * size;
    const here = Math.round((at + 1) * size) - Math.round(at * size);
    overdue += random.binomial(here, share(offline + silenced, size > 1 ? cluster : 0));
  }
  return { bad: bad / devices, overdue };
}

/** The verdict on one wave, everything before it moved. */
function verdictOf(random: Random, plan: PlanFile, wave: string, faulty: string, release: Release): Verdict {
  const end = plan.waves.findIndex(({ name }) => name === wave);
  const moved = new Set(plan.waves.slice(0, end + 1).flatMap(({ slices }) => slices));
  const classes = Object.keys(plan.classes).map((name) => {
    const pointers = plan.slices.map(({ name: slice }) => {
      const pointer = { runs: moved.has(slice) ? NEW : OLD, before: null };
      return [slice, pointer] as const;
    });
    return [name, { settled: OLD, rejected: [], pointers: Object.fromEntries(pointers) }] as const;
  });
  const state = { fleet: plan.fleet, classes: Object.fromEntries(classes), early: [] };
  const questions = questionsOf(state, plan, wave, (_name, id) => ({
    inference: VERSIONS[id as typeof OLD],
  }));
  const gate = statisticsOf(plan);
  const rows = questions.flatMap(({ class: name, treatment, control }) =>
    [...treatment, ...control].map((slice): EvidenceRow => {
      const { clusters, devices } = plan.slices.find((of) => of.name === slice)!.classes[name]!;
      const assigned = Math.round(devices);
      const isNew = treatment.includes(slice);
      const { offline } = plan.classes[name]!;
      // The control is large: what is expected of it is what it shows.
      const { bad, overdue } = isNew
        ? drawn(
            random,
            { clusters: Math.round(clusters), devices: assigned, offline },
            gate,
            name === faulty ? release : { times: 1, silenced: 0 },
          )
        : { bad: gate.baseline, overdue: Math.round(assigned * offline) };
      const reported = assigned - overdue;
      return {
        class: name,
        slice,
        workload: 'inference',
        version: VERSIONS[isNew ? NEW : OLD],
        from: '2026-01-01T00:00:00Z',
        to: '2026-01-02T00:00:00Z',
        assigned,
        reported,
        overdue,
        ok: reported * 1000 * (1 - bad),
        bad: reported * 1000 * bad,
        trouble: Object.fromEntries(
          Object.keys(plan.metrics?.['inference']?.trouble ?? {}).map((kind) => [
            kind,
            isNew ? random.binomial(reported, TROUBLED) : Math.round(reported * TROUBLED),
          ]),
        ),
      };
    }),
  );
  const evidence = { schemaVersion: 1 as const, fleet: plan.fleet, rows };
  return decide({ plan, wave, questions, evidence, nowMs: NOW }).verdict;
}

const cases = plans
  .filter(({ gate }) => gate.by !== 'human')
  .flatMap((plan) => plan.waves.slice(0, -1).map(({ name }) => [plan.fleet, name, plan] as const));

test.each(cases)('%s: wave %s passes healthy releases, and no faulty one', (_fleet, wave, plan) => {
  const random = seeded(20_261_125);
  const rollouts = 100;
  const classes = Object.keys(plan.classes);
  const count = (verdict: Verdict, faulty: string, release: Release): number =>
    Array.from({ length: rollouts }, () => verdictOf(random, plan, wave, faulty, release)).filter(
      (of) => of === verdict,
    ).length;
  // Each class passes nine times of ten at least.
  expect(count('PASS', '', { times: 1, silenced: 0 })).toBeGreaterThanOrEqual(
    rollouts * 0.9 ** classes.length,
  );
  for (const name of classes) {
    expect(count('PASS', name, { times: 3, silenced: 0 })).toBeLessThanOrEqual(rollouts * 0.03);
    expect(count('PASS', name, { times: 1, silenced: 0.05 })).toBeLessThanOrEqual(rollouts * 0.03);
  }
});

test('fleets that are too small for that say that people decide', () => {
  const byHuman = plans.filter(({ gate }) => gate.by === 'human').map(({ fleet }) => fleet);
  expect(byHuman).toContain('store-shelves');
  expect(byHuman).not.toContain('city-cameras');
});
