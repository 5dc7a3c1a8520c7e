// Runs the benchmarks, prints their ratios, and writes bench.json: `npm run bench`, or `npm run bench -- NAME…`.

import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { benchBuild, formatBuildBench } from './bench/build.ts';
import { benchGate, formatGateBench } from './bench/gate.ts';
import { benchMemory, formatMemoryBench } from './bench/memory.ts';
import { benchModel, formatModelBench } from './bench/model.ts';
import { benchPlan, formatPlanBench } from './bench/plan.ts';
import { benchQuantize, formatQuantizeBench } from './bench/quantize.ts';
import { benchStatistics, formatStatisticsBench } from './bench/statistics.ts';
import { benchSynth, formatSynthBench } from './bench/synth.ts';
import { benchTrain, formatTrainBench } from './bench/train.ts';
import { benchValidate, formatValidateBench } from './bench/validate.ts';
import { nodeLines } from './node-lines.ts';

/** A benchmark compares with a peer, or with a bound, in the same run. */
interface Bench {
  readonly name: string;
  run(): Promise<{ readonly figures: unknown; readonly text: string }>;
}

const define = <T>(name: string, measure: () => T | Promise<T>, format: (figures: T) => string): Bench => ({
  name,
  run: async () => {
    const figures = await measure();
    return { figures, text: format(figures) };
  },
});

const BENCHES: readonly Bench[] = [
  define('synth', benchSynth, formatSynthBench),
  define('validate', () => benchValidate(nodeLines().map(({ binary }) => binary)), formatValidateBench),
  define('plan', () => benchPlan(), formatPlanBench),
  define('model', () => benchModel(), formatModelBench),
  define('build', () => benchBuild(), formatBuildBench),
  define('quantize', () => benchQuantize(), formatQuantizeBench),
  define('memory', () => benchMemory(), formatMemoryBench),
  define('train', () => benchTrain(), formatTrainBench),
  define('gate', () => benchGate(), formatGateBench),
  define('statistics', () => benchStatistics(), formatStatisticsBench),
];

const names = process.argv.slice(2);
const unknown = names.find((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown === undefined) {
  const results: Record<string, unknown> = {
    node: process.version,
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    kernel: release(),
  };
  for (const bench of BENCHES) {
    const { name } = bench;
    if (names.length > 0 && !names.includes(name)) continue;
    process.stderr.write(`measuring ${name}\n`);
    const { figures, text } = await bench.run();
    process.stdout.write(`${name}\n${text}\n`);
    results[name] = figures;
  }
  writeFileSync('bench.json', `${JSON.stringify(results, undefined, 2)}\n`);
} else {
  process.stderr.write(
    `error: there is no benchmark ${unknown}\n  fix: name one of ${BENCHES.map(({ name }) => name).join(', ')}\n`,
  );
  process.exitCode = 2;
}
