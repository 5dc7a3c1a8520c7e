// Benchmark (d): how often the gate's own decision is wrong over simulated rollouts, against alpha and beta.
// Alone: node dist/dev/bench/gate.js

import { fileURLToPath } from 'node:url';
import type { StatisticalGate } from '../../fleet/spec.ts';
import { decide } from '../../gate/decide.ts';
import type { EvidenceRow } from '../../gate/evidence.ts';
import { clopperPearson } from '../../gate/intervals.ts';
import type { Question } from '../../gate/question.ts';
import type { Verdict } from '../../gate/verdict.ts';
import type { Count, Plan, PlannedSlice } from '../../plan/plan.ts';
import { seeded, type Random } from './random.ts';

const GATE: StatisticalGate = {
  baseline: 0.005,
  detect: 0.01,
  alpha: 0.01,
  beta: 0.01,
  ceiling: 0.05,
  window: '10m',
  overdueAfter: '6h',
};
/** Of two devices of one cluster, in failures and in silence alike: what the gate assumes by default. */
const CORRELATION = 0.1;
const OFFLINE = 0.2;
/** Devices of each cluster: 1 to 39, 20 on average. */
const sizeOf = (cluster: number): number => 1 + ((cluster * 7) % 39);
const CLUSTERS = { treatment: 273, control: 1092 };
/** The gate looks every hour of a day, from when silence counts. */
const FIRST_LOOK = 6;
const LOOKS = 24;
/** Failures are 1 to 3 times as frequent in the course of the day, in both arms. */
const DIURNAL = Array.from({ length: LOOKS }, (_, hour) => 2 - Math.cos((2 * Math.PI * hour) / LOOKS));

const MOST = Math.max(...DIURNAL);

/** What the new release does. */
interface Fault {
  readonly name: string;
  /** How many times as many requests fail. */
  readonly times: number;
  /** Share of the devices that are not offline that it silences. */
  readonly silenced: number;
}

const FAULTS: readonly Fault[] = [
  { name: 'healthy', times: 1, silenced: 0 },
  { name: 'three times the failures', times: 3, silenced: 0 },
  { name: '5 points more devices silent', times: 1, silenced: 0.05 / (1 - OFFLINE) },
];

export interface GateFigures {
  readonly fault: string;
  readonly rollouts: number;
  /** By the first verdict of a rollout that is not INSUFFICIENT. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Wrong verdicts: FAIL of the healthy one, PASS of the others; a ratio. */
  readonly wrong: number;
  /** Upper bound of that share with 99 % confidence. */
  readonly atMost: number;
  /** The gate's alpha, or beta. */
  readonly promised: number;
  readonly kept: boolean;
}

/** What one arm shows at each look. */
interface ArmDay {
  readonly devices: number;
  readonly reported: number;
  readonly overdue: number;
  /** Device-hours that failed, by the end of each hour. */
  readonly failing: readonly number[];
}

/**
 * A day of one arm. A device that fails in an hour fails all of that hour's requests, and one that is offline is so
 * all day: the least that its many requests can tell.
 */
function dayOf(random: Random, clusters: number, { times, silenced }: Fault): ArmDay {
  const scale = 1 / CORRELATION - 1;
  const worst = GATE.baseline * MOST * times;
  const failing = Array.from({ length: LOOKS }, () => 0);
  let reported = 0;
  let overdue = 0;
  let devices = 0;
  for (let cluster = 0; cluster < clusters; cluster += 1) {
    const size = sizeOf(cluster);
    devices += size;
    const offline = random.binomial(size, random.beta(OFFLINE * scale, (1 - OFFLINE) * scale));
    const killed = random.binomial(size - offline, silenced);
    const here = size - offline - killed;
    overdue += offline + killed;
    reported += here;
    // At the worst hour this share of the cluster fails; at others, so many fewer clusters do.
    const failed = random.binomial(here, random.beta(worst * scale, (1 - worst) * scale));
    const limit = random.uniform() * MOST;
    for (let hour = 0; hour < LOOKS; hour += 1) if (DIURNAL[hour]! > limit) failing[hour]! += failed;
  }
  let sum = 0;
  return { devices, reported, overdue, failing: failing.map((count) => (sum += count)) };
}

const SLICES = { treatment: 'p020.00', control: 'p100.00' } as const;
const VERSIONS = { treatment: 'v000000000002', control: 'v000000000001' } as const;
const ARMS = ['treatment', 'control'] as const;
const START = Date.parse('2026-01-01T00:00:00Z');
const HOUR = 3_600_000;

const countOf = (clusters: number): Count => ({
  clusters,
  devices: Array.from({ length: clusters }, (_, cluster) => sizeOf(cluster)).reduce(
    (sum, size) => sum + size,
    0,
  ),
});

/** As much of a plan as a decision reads: two slices, one of each arm. */
const PLAN = {
  fleet: 'bench',
  inventory: 'exact',
  gate: GATE,
  classes: { board: { offline: OFFLINE } },
  slices: ARMS.map((arm): PlannedSlice => ({
    name: SLICES[arm],
    wave: arm,
    classes: { board: countOf(CLUSTERS[arm]) },
  })),
} as unknown as Plan;

const QUESTION: Question = {
  class: 'board',
  release: 'r000000000002',
  settled: 'r000000000001',
  treatment: [SLICES.treatment],
  control: [SLICES.control],
  versions: { inference: VERSIONS.treatment },
  settledVersions: { inference: VERSIONS.control },
};

/** The first verdict of a day that decides; INSUFFICIENT where none does. */
function verdictOf(random: Random, fault: Fault): Verdict {
  const days = {
    treatment: dayOf(random, CLUSTERS.treatment, fault),
    control: dayOf(random, CLUSTERS.control, FAULTS[0]!),
  };
  for (let look = FIRST_LOOK; look <= LOOKS; look += 1) {
    const rows = ARMS.map((arm): EvidenceRow => {
      const { devices, reported, overdue, failing } = days[arm];
      const bad = failing[look - 1]!;
      return {
        class: 'board',
        slice: SLICES[arm],
        workload: 'inference',
        version: VERSIONS[arm],
        from: new Date(START).toISOString(),
        to: new Date(START + look * HOUR).toISOString(),
        assigned: devices,
        reported,
        overdue,
        ok: reported * look - bad,
        bad,
      };
    });
    const { verdict } = decide({
      plan: PLAN,
      wave: 'treatment',
      questions: [QUESTION],
      evidence: { schemaVersion: 1, fleet: 'bench', rows },
      nowMs: START + look * HOUR,
    });
    if (verdict !== 'INSUFFICIENT') return verdict;
  }
  return 'INSUFFICIENT';
}

/**
 * Measure.
 * @param rollouts of each kind
 */
export function benchGate(rollouts = 10_000, seed = 1): readonly GateFigures[] {
  const random = seeded(seed);
  return FAULTS.map((fault): GateFigures => {
    const verdicts = { PASS: 0, FAIL: 0, INSUFFICIENT: 0 };
    for (let rollout = 0; rollout < rollouts; rollout += 1) verdicts[verdictOf(random, fault)] += 1;
    const isHealthy = fault === FAULTS[0];
    const wrong = isHealthy ? verdicts.FAIL : verdicts.PASS;
    const atMost = clopperPearson(wrong, rollouts, 0.99).upper;
    const promised = isHealthy ? GATE.alpha : GATE.beta;
    return {
      fault: fault.name,
      rollouts,
      verdicts,
      wrong: wrong / rollouts,
      atMost,
      promised,
      kept: atMost <= promised,
    };
  });
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(2)} %`;

/** The figures as lines for a terminal. */
export const formatGateBench = (figures: readonly GateFigures[]): string =>
  figures
    .map(
      ({ fault, rollouts, verdicts, wrong, atMost, promised, kept }) =>
        `${fault}: ${rollouts} rollouts, ${verdicts.PASS} PASS, ${verdicts.FAIL} FAIL, ${verdicts.INSUFFICIENT} INSUFFICIENT; wrong ${percent(wrong)}, at most ${percent(atMost)}, promised ${percent(promised)}: ${kept ? 'kept' : 'broken'}\n`,
    )
    .join('');

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(formatGateBench(benchGate()));
