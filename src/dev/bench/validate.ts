// Benchmark (b): `breakwater validate` of one fleet as a whole process, with the cache of translated TypeScript cold and
// warm, beside a Node that does nothing.
// Alone: node dist/dev/bench/validate.js [path of another node…]

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fleetTemplate } from '../../cli/init/fleet-template.ts';

/** Of the promise: a warm `validate` as a whole process, in seconds. */
const MOST_SECONDS = 0.4;
const BIN = fileURLToPath(new URL('../../cli/bin.js', import.meta.url));

/** Whole processes, best of the runs, in seconds. */
export interface ValidateFigures {
  /** Version of Node. */
  readonly node: string;
  /** `node -e 0`. */
  readonly bareSeconds: number;
  /** Nothing cached: a fresh clone. */
  readonly coldSeconds: number;
  /** Everything cached: every run after the first. */
  readonly warmSeconds: number;
  /** Whether the warm run keeps the promise. */
  readonly withinTime: boolean;
}

/**
 * Measure on each Node given.
 *
 * @param nodes paths of binaries; default: the one that runs this
 * @param runs of each kind
 */
export function benchValidate(
  nodes: readonly string[] = [process.execPath],
  runs = 7,
): readonly ValidateFigures[] {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bench-'));
  try {
    mkdirSync(join(folder, 'fleets'));
    writeFileSync(join(folder, 'fleets/hello.ts'), fleetTemplate('hello'));
    return nodes.map((node) => measure(node, folder, runs));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measure(node: string, folder: string, runs: number): ValidateFigures {
  const best = (once: () => number): number => Math.min(...Array.from({ length: runs }, once));
  const validate = (): number => timed(node, [BIN, 'validate', 'hello'], folder);
  const coldSeconds = best(() => {
    rmSync(join(folder, '.breakwater'), { recursive: true, force: true });
    return validate();
  });
  validate();
  const warmSeconds = best(validate);
  return {
    node: spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1),
    bareSeconds: best(() => timed(node, ['-e', '0'], folder)),
    coldSeconds,
    warmSeconds,
    withinTime: warmSeconds < MOST_SECONDS,
  };
}

/** @throws Error where the process does not end well */
function timed(node: string, args: readonly string[], cwd: string): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(node, args, { cwd, encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${node} ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return seconds;
}

/** The figures as lines for a terminal. */
export const formatValidateBench = (figures: readonly ValidateFigures[]): string =>
  [
    ...figures.map(
      ({ node, bareSeconds, coldSeconds, warmSeconds }) =>
        `validate of one fleet on Node ${node}: ${warmSeconds.toFixed(2)} s warm, ${coldSeconds.toFixed(2)} s cold; node -e 0 ${bareSeconds.toFixed(2)} s, ${(warmSeconds / bareSeconds).toFixed(1)} times less`,
    ),
    '',
  ].join('\n');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(formatValidateBench(benchValidate([process.execPath, ...process.argv.slice(2)])));
}
