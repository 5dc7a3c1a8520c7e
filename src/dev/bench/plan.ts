// Benchmark (c): `breakwater plan` of a CSV inventory as a whole process: time and peak memory by number of clusters.
// Alone: node dist/dev/bench/plan.js

import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MOST_BYTES = 300e6;
const CLASSES = ['large', 'small'] as const;
const REGIONS = ['east', 'north', 'south', 'west'] as const;

export interface PlanFigures {
  readonly clusters: number;
  /** Whole process, best of the runs. */
  readonly seconds: number;
  /** Largest resident set of the process, least of the runs. */
  readonly peakBytes: number;
}

export interface PlanBench {
  readonly figures: readonly PlanFigures[];
  /** Seconds for each million clusters, start-up aside: from the largest run less the smallest. */
  readonly secondsPerMillion: number;
  /** Time from the smallest to the largest run over time to the second, over the same of the clusters: 1 is linear. */
  readonly growth: number;
  /** Whether the largest run stays under 300 MB. */
  readonly withinMemory: boolean;
}

const DEFINITION = `import { csv, defineFleet, flux, oci } from 'breakwater';

const device = { arch: 'amd64', memory: '8Gi', cpu: '4', disk: '64Gi', k3s: '1.36', servers: 1, uplink: '20Mbit', availability: 'always-on' } as const;

export default defineFleet({
  name: 'bench',
  classes: { large: { ...device, maxDevicesPerCluster: 200 }, small: { ...device, maxDevicesPerCluster: 20 } },
  inventory: csv('clusters.csv'),
  workloads: { nothing: () => {} },
  rollout: {
    salt: 'bench-1',
    waves: [{ name: 'canary', percent: 0.1, soak: '24h' }, { name: 'early', percent: 10, soak: '12h' }, { name: 'rest', percent: 100 }],
    gate: { baseline: 0.005, detect: 0.01, alpha: 0.01, beta: 0.01, window: '10m' },
    budget: { maxDevicesPerPromotion: 100_000 },
  },
  delivery: flux({ source: oci({ url: 'oci://registry.example.com/bench' }), interval: '10m' }),
});
`;

/** Writes lines in portions, so that this process does not hold them all. */
function writeInventory(path: string, clusters: number): void {
  const file = openSync(path, 'w');
  writeSync(file, 'cluster,class,region,devices\n');
  for (let start = 0; start < clusters; start += 10_000) {
    const rows = Array.from({ length: Math.min(10_000, clusters - start) }, (_, index) => {
      const n = start + index;
      // A site in ten is large.
      const name = CLASSES[n % 10 === 0 ? 0 : 1];
      return `site-${String(n).padStart(7, '0')},${name},${REGIONS[n % 4]},${1 + (n % 20)}\n`;
    });
    writeSync(file, rows.join(''));
  }
  closeSync(file);
}

/** Makes a process print its peak of memory in bytes to descriptor 3 when it ends. */
const TELL_MEMORY = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS * 1024)));",
)}`;

function runPlan(folder: string): { readonly seconds: number; readonly peakBytes: number } {
  const bin = fileURLToPath(new URL('../../cli/bin.js', import.meta.url));
  const start = performance.now();
  const { status, stderr, output } = spawnSync(
    process.execPath,
    ['--import', TELL_MEMORY, bin, 'plan', '--format', 'json'],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64e6, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`plan exited with ${status}: ${stderr}`);
  return { seconds, peakBytes: Number(output[3]) };
}

/**
 * Measure.
 * @param clusters three numbers or more, ascending
 * @param runs of each size
 */
export function benchPlan(clusters: readonly number[] = [20_000, 200_000, 1_000_000], runs = 3): PlanBench {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bench-plan-'));
  try {
    mkdirSync(join(folder, 'fleets'));
    writeFileSync(join(folder, 'fleets', 'bench.ts'), DEFINITION);
    const figures = clusters.map((count): PlanFigures => {
      writeInventory(join(folder, 'fleets', 'clusters.csv'), count);
      const measured = Array.from({ length: runs }, () => runPlan(folder));
      return {
        clusters: count,
        seconds: Math.min(...measured.map(({ seconds }) => seconds)),
        peakBytes: Math.min(...measured.map(({ peakBytes }) => peakBytes)),
      };
    });
    const [least, next, most] = [figures[0]!, figures[1]!, figures.at(-1)!];
    const slope = (to: PlanFigures): number =>
      (to.seconds - least.seconds) / ((to.clusters - least.clusters) / 1e6);
    return {
      figures,
      secondsPerMillion: slope(most),
      growth: slope(most) / slope(next),
      withinMemory: most.peakBytes < MOST_BYTES,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The figures as lines for a terminal. */
export const formatPlanBench = ({ figures, secondsPerMillion, growth, withinMemory }: PlanBench): string =>
  [
    ...figures.map(
      ({ clusters, seconds, peakBytes }) =>
        `plan of ${clusters} clusters: ${seconds.toFixed(2)} s, peak ${Math.round(peakBytes / 1e6)} MB`,
    ),
    `${secondsPerMillion.toFixed(2)} s for each million clusters more, growth ${growth.toFixed(2)} (1 is linear); under 300 MB: ${withinMemory ? 'yes' : 'no'}`,
    '',
  ].join('\n');

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(formatPlanBench(benchPlan()));
