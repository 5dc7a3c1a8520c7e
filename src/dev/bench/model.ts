// Measures the model build step as users meet it: a cold process from a trained network to a judged int8 file.
// For comparison: TensorFlow 2.21's converter took 10 to 12 s and 805 MB for networks of this kind on two cores.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What one network took. */
export interface ModelFigures {
  readonly network: string;
  readonly sourceBytes: number;
  readonly int8Bytes: number;
  /** Median of the whole process: start, read, calibrate, quantize, judge, write. */
  readonly seconds: number;
  /** Most memory of the process, where the system tells. */
  readonly peakMebibytes: number | undefined;
}

const RUNS = 5;
const root = fileURLToPath(new URL('../../../', import.meta.url));

const own = (file: string): string => join(root, 'fleets/models/digits-cnn', file);

const NETWORKS = [
  { network: 'digits-cnn (.h5)', source: own('model.h5'), samples: own('calibration.npz') },
  { network: 'digits-cnn (.keras)', source: own('model.keras'), samples: own('calibration.npz') },
] as const;

/** Measure each network. */
export function benchModel(): readonly ModelFigures[] {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bench-'));
  try {
    return NETWORKS.map(({ network, source, samples }) => {
      const output = join(folder, 'model.tflite');
      const convert = [
        join(root, 'dist/cli/bin.js'),
        'model',
        'convert',
        source,
        '-o',
        output,
        '--calibration',
        samples,
      ];
      const times = Array.from({ length: RUNS }, () => {
        const started = performance.now();
        execFileSync(process.execPath, convert, { stdio: 'ignore' });
        return (performance.now() - started) / 1000;
      });
      return {
        network,
        sourceBytes: statSync(source).size,
        int8Bytes: readFileSync(output).byteLength,
        seconds: times.toSorted((a, b) => a - b)[RUNS >> 1]!,
        peakMebibytes: peakOf(convert),
      };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of one more run, by GNU time; `undefined` where that is not installed. */
function peakOf(convert: readonly string[]): number | undefined {
  if (!existsSync('/usr/bin/time')) return undefined;
  const text = execFileSync(
    '/bin/sh',
    ['-c', '/usr/bin/time -f %M "$@" 2>&1 >/dev/null | tail -n 1', 'sh', process.execPath, ...convert],
    {
      encoding: 'utf8',
    },
  );
  return Number(text) / 1024;
}

/** The figures as lines. */
export const formatModelBench = (figures: readonly ModelFigures[]): string =>
  figures
    .map(
      ({ network, sourceBytes, int8Bytes, seconds, peakMebibytes }) =>
        `  ${network}: ${sourceBytes} → ${int8Bytes} bytes, ${seconds.toFixed(2)} s cold${
          peakMebibytes === undefined ? '' : `, ${peakMebibytes.toFixed(0)} MiB`
        }`,
    )
    .join('\n');
