// Benchmark (a): synthesis of many charts, one App for each, beside `App.synth()` of plain cdk8s in the same run.
// Alone: node dist/dev/bench/synth.js

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Chart } from 'cdk8s';
import { ConfigMap, Deployment, Service, ServiceAccount } from 'cdk8s-plus-28';
import { synthChart } from '../../synth/chart.ts';
import { toYaml } from '../../synth/yaml.ts';

const NAMESPACE = 'bench';
const CHARTS = [400, 1600, 3200] as const;
const OBJECTS_PER_CHART = 4;
const LEAST_RATIO = 10;

export interface SynthFigures {
  readonly charts: number;
  readonly objects: number;
  /** Seconds of processor time with one App for each chart. */
  readonly oursSeconds: number;
  /** The same of `App.synth()` over one App. */
  readonly cdk8sSeconds: number;
  /** How many times faster. */
  readonly ratio: number;
}

export interface SynthBench {
  readonly figures: readonly SynthFigures[];
  /** Time of the largest over time of the smallest run, over the same of the charts: 1 is linear. */
  readonly growth: number;
  /** Whether the largest run is at least 10 times faster than plain cdk8s. */
  readonly fastEnough: boolean;
}

/** Four objects of cdk8s-plus, as a user would write them. */
function fill(chart: Chart): void {
  new ServiceAccount(chart, 'account');
  const config = new ConfigMap(chart, 'config', {
    data: { 'app.conf': `name: ${chart.node.id}\nport: 8080\n` },
  });
  const deployment = new Deployment(chart, 'server', {
    containers: [{ image: 'registry.example.com/app:1', portNumber: 8080 }],
  });
  new Service(chart, 'service', { selector: deployment, ports: [{ port: 80, targetPort: 8080 }] });
  config.addData('deployment', deployment.name);
}

const nameOf = (index: number): string => `chart-${index}`;

/** One App for each chart, as `synthFleet` does it. */
function ours(folder: string, charts: number): void {
  for (let index = 0; index < charts; index += 1) {
    const name = nameOf(index);
    const objects = synthChart({ fleet: NAMESPACE, class: 'any', workload: name }, NAMESPACE, fill);
    writeFileSync(join(folder, `${name}.k8s.yaml`), objects.map(toYaml).join('---\n'));
  }
}

/** One App for all charts, as the cdk8s manual does it. */
function plainCdk8s(outdir: string, charts: number): void {
  const app = new App({ outdir });
  for (let index = 0; index < charts; index += 1)
    fill(new Chart(app, nameOf(index), { namespace: NAMESPACE }));
  app.synth();
}

/** Processor time, not the clock's: both ways keep one processor busy, and other programs must not count. */
function seconds(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** @throws Error where the two folders differ in a name or a byte */
function assertSameFiles(a: string, b: string): void {
  const names = readdirSync(a).toSorted();
  if (names.join() !== readdirSync(b).toSorted().join()) throw new Error(`${a} and ${b} hold other files`);
  const differing = names.find((name) => !readFileSync(join(a, name)).equals(readFileSync(join(b, name))));
  if (differing !== undefined) throw new Error(`${differing} differs between ${a} and ${b}`);
}

/** Both ways for so many charts, into two folders with the same files. */
export function measureSynth(charts: number): SynthFigures {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bench-'));
  const [a, b] = [join(folder, 'ours'), join(folder, 'cdk8s')];
  try {
    mkdirSync(a);
    const oursSeconds = seconds(() => ours(a, charts));
    const cdk8sSeconds = seconds(() => plainCdk8s(b, charts));
    assertSameFiles(a, b);
    const ratio = cdk8sSeconds / oursSeconds;
    return { charts, objects: charts * OBJECTS_PER_CHART, oursSeconds, cdk8sSeconds, ratio };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The whole benchmark: about a minute on two idle cores, nearly all of it plain cdk8s. */
export function benchSynth(): SynthBench {
  measureSynth(20); // loads and compiles
  const figures = CHARTS.map(measureSynth);
  const [first, last] = [figures[0]!, figures.at(-1)!];
  return {
    figures,
    growth: last.oursSeconds / first.oursSeconds / (last.charts / first.charts),
    fastEnough: last.ratio >= LEAST_RATIO,
  };
}

export const formatSynthBench = ({ figures, growth, fastEnough }: SynthBench): string =>
  [
    'synth: one App for each chart, beside App.synth() of plain cdk8s; both write the same files; processor time',
    ...figures.map(
      ({ charts, objects, oursSeconds, cdk8sSeconds, ratio }) =>
        `  ${charts} charts, ${objects} objects: ${oursSeconds.toFixed(2)} s, plain cdk8s ${cdk8sSeconds.toFixed(2)} s: ${ratio.toFixed(1)} times faster`,
    ),
    `  growth ${growth.toFixed(2)} (1 is linear); at least ${LEAST_RATIO} times faster at the largest: ${fastEnough ? 'yes' : 'no'}`,
    '',
  ].join('\n');

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(formatSynthBench(benchSynth()));
