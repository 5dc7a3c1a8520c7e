// TensorFlow's converter for comparison, in an environment of its own outside the checkout; it takes 1.6 GB.
// `node dist/dev/bench/tensorflow.js` brings it; without it, benchmarks go without the comparison.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '2.21.0';

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'breakwater');
const folder = join(cache, `tensorflow-${VERSION}`);
const python = join(folder, 'bin', 'python');
const complete = join(folder, 'complete');
const script = fileURLToPath(new URL('../../../src/dev/bench/tflite-converter.py', import.meta.url));

/** Command that converts SOURCE SAMPLES TARGET with TensorFlow; `undefined` where it is not installed. */
export const tensorflowConverter = (): readonly string[] | undefined =>
  existsSync(complete) ? [python, script] : undefined;

/** Install TensorFlow from PyPI; a killed install leaves nothing that looks whole. */
function install(): void {
  mkdirSync(cache, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  run('python3', '-m', 'venv', folder);
  run(python, '-m', 'pip', 'install', '--quiet', '--no-cache-dir', `tensorflow-cpu==${VERSION}`);
  writeFileSync(complete, '');
}

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 2, 2] });
}

if (process.argv[1] === fileURLToPath(import.meta.url) && tensorflowConverter() === undefined) install();
