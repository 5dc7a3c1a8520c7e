// Benchmark (e): every rule of the statistics on a plan of a million devices and seven waves.
// Alone: node dist/dev/bench/statistics.js

import { fileURLToPath } from 'node:url';
import type { FleetSubject, Rule } from '../../check/rule.ts';
import { exampleFleet, ORIN_NANO } from '../../rules/example-fleet.ts';
import { rules } from '../../rules/index.ts';

/** Rules about what a gate can see, and what a wave may harm. */
export const STATISTICS: readonly string[] = [
  'budget-covers-first-wave',
  'canary-has-clusters',
  'canary-sees-ceiling',
  'canary-sees-class',
  'canary-spreads',
  'ceiling-clear-of-baseline',
  'ceiling-not-alone',
  'class-in-first-wave',
  'control-remains',
  'correlation-declared',
  'detect-within-budget',
  'first-soak-day',
  'gate-can-decide',
  'growth-within-budget',
  'harm-within-budget',
  'promotion-limited',
  'silence-counts',
  'small-fleet-by-human',
  'soak-covers-latent',
  'soak-covers-silence',
  'soak-covers-window',
  'soak-kept',
  'wave-can-pass',
];

const MOST_MS = 50;

export interface StatisticsBench {
  readonly rules: number;
  readonly findings: number;
  /** All rules together, best of the runs. */
  readonly ms: number;
  /** Of the processor, for the first of the runs, before anything was compiled: what a single validate pays. */
  readonly firstMs: number;
  readonly kept: boolean;
}

/** A million devices of three classes, in seven waves. */
const million = (): FleetSubject =>
  exampleFleet({
    classes: { n100: { maxDevicesPerCluster: 50 }, 'orin-nano': ORIN_NANO, rack: ORIN_NANO },
    inventory: [
      { class: 'n100', region: 'eu', clusters: 18_800, devicesPerCluster: 50 },
      { class: 'orin-nano', region: 'eu', clusters: 2800, devicesPerCluster: 20 },
      { class: 'rack', region: 'eu', clusters: 400, devicesPerCluster: 10 },
    ],
    rollout: {
      waves: [0.1, 0.5, 2, 10, 30, 60, 100].map((percent, index) => ({
        name: `wave-${index}`,
        percent,
        soak: '24h',
      })),
    },
  });

export function benchStatistics(runs = 10): StatisticsBench {
  const subject = million();
  // The plan is made when it is asked for.
  void subject.plan;
  const chosen = STATISTICS.map((id) => rules.find((rule) => rule.id === id) as Rule<'fleet'>);
  let findings = 0;
  let firstMs = 0;
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    const cpu = process.cpuUsage();
    findings = chosen.reduce((sum, rule) => sum + [...rule.check(subject)].length, 0);
    const { user, system } = process.cpuUsage(cpu);
    firstMs ||= (user + system) / 1000;
    return performance.now() - start;
  });
  const ms = Math.min(...times);
  return { rules: chosen.length, findings, ms, firstMs, kept: ms < MOST_MS };
}

export const formatStatisticsBench = ({
  rules: count,
  findings,
  ms,
  firstMs,
  kept,
}: StatisticsBench): string =>
  `${count} rules on 1,000,000 devices in seven waves: ${findings} findings in ${ms.toFixed(1)} ms, ${kept ? 'less' : 'more'} than ${MOST_MS} ms; ${firstMs.toFixed(1)} ms of processor time the first time\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(formatStatisticsBench(benchStatistics()));
}
