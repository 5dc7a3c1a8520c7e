// Measures the model build step as users meet it: a cold process from a trained network to a judged int8 file, and beside
// it, where it is installed, the same with TensorFlow's converter: read, calibrate, quantize, run both, compare.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tensorflowConverter } from './tensorflow.ts';

/** What a process took, where the system tells. */
export interface Cost {
  readonly peakMebibytes: number;
  /** Of all its threads. */
  readonly processorSeconds: number;
}

/** What one network took. */
export interface ModelFigures {
  readonly network: string;
  readonly sourceBytes: number;
  readonly int8Bytes: number;
  /** Median of the whole process by the clock: start, read, calibrate, quantize, judge, write. */
  readonly seconds: number;
  /** The same with TensorFlow, imports included; the runs of both take turns. */
  readonly tensorflowSeconds: number | undefined;
  /** How many times faster, by the clock. */
  readonly ratio: number | undefined;
  readonly cost: Cost | undefined;
  readonly tensorflowCost: Cost | undefined;
}

const RUNS = 5;
const LEAST_RATIO = 20;
const MOST_SECONDS = 1.5;
const root = fileURLToPath(new URL('../../../', import.meta.url));

const own = (file: string): string => join(root, 'fleets/models/digits-cnn', file);

const NETWORKS = [
  { network: 'digits-cnn (.h5)', source: own('model.h5'), samples: own('calibration.npz') },
  { network: 'digits-cnn (.keras)', source: own('model.keras'), samples: own('calibration.npz') },
] as const;

/** Measure each network. */
export function benchModel(): readonly ModelFigures[] {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bench-'));
  const theirs = tensorflowConverter();
  try {
    return NETWORKS.map(({ network, source, samples }) => {
      const output = join(folder, 'model.tflite');
      const bin = join(root, 'dist/cli/bin.js');
      const convert = [bin, 'model', 'convert', source, '-o', output, '--calibration', samples];
      const runs = Array.from({ length: RUNS }, () => ({
        ours: secondsOf([process.execPath, ...convert]),
        theirs: theirs && secondsOf([...theirs, source, samples, join(folder, 'other.tflite')]),
      }));
      const seconds = median(runs.map(({ ours }) => ours));
      const tensorflowSeconds = theirs && median(runs.map((run) => run.theirs!));
      return {
        network,
        sourceBytes: statSync(source).size,
        int8Bytes: readFileSync(output).byteLength,
        seconds,
        tensorflowSeconds,
        ratio: tensorflowSeconds && tensorflowSeconds / seconds,
        cost: costOf([process.execPath, ...convert]),
        tensorflowCost: theirs && costOf([...theirs, source, samples, join(folder, 'other.tflite')]),
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

function secondsOf([command, ...args]: readonly string[]): number {
  const started = performance.now();
  execFileSync(command!, args, { stdio: 'ignore' });
  return (performance.now() - started) / 1000;
}

/** Of one more run, by GNU time; `undefined` where that is not installed. */
function costOf(command: readonly string[]): ModelFigures['cost'] {
  if (!existsSync('/usr/bin/time')) return undefined;
  const timed = ['/bin/sh', '-c', '/usr/bin/time -f "%M %U %S" "$@" 2>&1 >/dev/null | tail -n 1', 'sh'];
  const text = execFileSync(timed[0]!, [...timed.slice(1), ...command], { encoding: 'utf8' });
  const [kibibytes = 0, user = 0, system = 0] = text.trim().split(' ').map(Number);
  return { peakMebibytes: kibibytes / 1024, processorSeconds: user + system };
}

/** The figures as lines. */
export const formatModelBench = (figures: readonly ModelFigures[]): string =>
  [
    ...figures.flatMap((one) => [
      `  ${one.network}: ${one.sourceBytes} → ${one.int8Bytes} bytes, ${one.seconds.toFixed(2)} s cold, at most ${MOST_SECONDS} wanted${costText(one.cost)}`,
      one.ratio === undefined
        ? '    not compared with TensorFlow: node dist/dev/bench/tensorflow.js installs it'
        : `    TensorFlow: ${one.tensorflowSeconds!.toFixed(2)} s${costText(one.tensorflowCost)}: ${one.ratio.toFixed(1)} times as long, ${LEAST_RATIO} wanted`,
    ]),
    '',
  ].join('\n');

const costText = (cost: Cost | undefined): string =>
  cost === undefined
    ? ''
    : `, ${cost.processorSeconds.toFixed(2)} s of processor time, ${cost.peakMebibytes.toFixed(0)} MiB`;
