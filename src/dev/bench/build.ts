// Benchmark: `breakwater build` of a fleet with ten models, whole processes: all of them, then none, since nothing changed.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MODELS = 10;
const RUNS = 7;
const MOST_SECONDS = 0.3;

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface BuildFigures {
  readonly models: number;
  readonly allSeconds: number;
  /** Median, with nothing to build. */
  readonly noneSeconds: number;
}

/** Write a project whose only fleet builds so many models of the reference network. */
export function writeProject(folder: string, models: number): void {
  mkdirSync(join(folder, 'fleets/models'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  for (const file of ['model.h5', 'calibration.npz', 'test.npz'])
    copyFileSync(join(root, 'fleets/models/digits-cnn', file), join(folder, 'fleets', file));
  const definition = `const model = (name: string) => ({ name, repository: \`registry.example.com/models/\${name}\`, source: 'model.h5',
  recipe: 'int8' as const, calibration: 'calibration.npz', evaluation: 'test.npz' });
const models = { digits: model('m0'), ${Array.from({ length: models - 1 }, (_, index) => `m${index + 1}: model('m${index + 1}')`).join(', ')} };
`;
  const fleet = readFileSync(join(root, 'fleets/hello-edge.ts'), 'utf8')
    .replace(/import \{ digits \}.*\n/, definition)
    .replace('models: { digits }', 'models')
    .replaceAll("'hello-edge'", "'shop'");
  writeFileSync(join(folder, 'fleets/shop.ts'), fleet);
}

export function benchBuild(): BuildFigures {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bench-'));
  try {
    writeProject(folder, MODELS);
    const build = (): number => {
      const started = performance.now();
      execFileSync(process.execPath, [join(root, 'dist/cli/bin.js'), 'build'], {
        cwd: folder,
        stdio: 'ignore',
      });
      return (performance.now() - started) / 1000;
    };
    const allSeconds = build();
    const times = Array.from({ length: RUNS }, build);
    return { models: MODELS, allSeconds, noneSeconds: times.toSorted((a, b) => a - b)[RUNS >> 1]! };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const formatBuildBench = ({ models, allSeconds, noneSeconds }: BuildFigures): string =>
  `  ${models} models: ${allSeconds.toFixed(2)} s for all of them, ${noneSeconds.toFixed(2)} s where nothing changed, at most ${MOST_SECONDS} wanted\n`;
