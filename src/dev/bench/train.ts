// Measures training on the reference model mnist-cnn, pruning half of its channels, and how much of the gap
// between a student and its teacher distillation closes. Needs the training backend; its data comes from npm.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DistilSpec, TrainingSpec } from '../../fleet/spec.ts';
import { loadTfjs } from '../../model/backend/tfjs.ts';
import type { Tfjs } from '../../model/backend/tfjs-api.ts';
import { train, type PassReport } from '../../model/train/train.ts';
import { divideDigits, writeTrainingData } from '../mnist/data.ts';
import { tfjsBackend } from '../tfjs/backend.ts';

export interface TrainFigures {
  /** Why nothing was measured. */
  readonly missing?: string;
  /** One for each seed. */
  readonly prunings: readonly Pruning[];
  readonly distillations: readonly Distillation[];
}

interface Pruning {
  readonly seed: number;
  /** int8 bytes of what is left, as a share of the whole; a ratio. */
  readonly size: number;
  readonly dropPoints: number;
  readonly marginPoints: number;
  /** Lost where labels alone teach. */
  readonly aloneDropPoints: number;
  readonly seconds: number;
  /** Of a processor: on a machine that does nothing else, the seconds. */
  readonly processorSeconds: number;
}

/** Accuracies in percent, of int8 files. */
interface Distillation {
  readonly seed: number;
  readonly teacher: number;
  /** A student made anew, by the labels alone, as long and as fast. */
  readonly alone: number;
  /** By the labels alone too, beginning with the teacher's heaviest channels. */
  readonly inherited: number;
  /** Beginning so, by what the teacher makes of mixed samples. */
  readonly taught: number;
  /** Parameters of the student, as a share of the teacher's; a ratio. */
  readonly parameters: number;
}

const SEEDS = [1, 2, 3];
const fleets = fileURLToPath(new URL('../../../fleets/', import.meta.url));

const PRUNE = {
  prune: { channels: 0.5, epochs: 6, learningRate: 0.002 },
  tune: { epochs: 1, learningRate: 0.0001 },
} as const;
const STUDENT = { width: 0.5, epochs: 12, learningRate: 0.003 } as const;

/** Train, and judge on all 2,000 digits that were not trained on. */
export async function benchTrain(): Promise<TrainFigures> {
  const { folder, missing } = tfjsBackend((line) => void process.stderr.write(`${line}\n`));
  if (folder === undefined) return { missing, prunings: [], distillations: [] };
  writeTrainingData(join(fleets, '..'), divideDigits());
  const tf = loadTfjs('training', { cwd: fleets, env: { BREAKWATER_TFJS: folder } });
  const prunings: Pruning[] = [];
  for (const seed of SEEDS) prunings.push(await prune(tf, seed));
  const distillations: Distillation[] = [];
  for (const seed of SEEDS) distillations.push(await distil(tf, seed));
  return { prunings, distillations };
}

async function passesOf(tf: Tfjs, training: Partial<TrainingSpec>): Promise<readonly PassReport[]> {
  const data = join('..', '.breakwater', 'data');
  const spec = {
    name: 'mnist-cnn',
    repository: 'registry.example.com/mnist-cnn',
    source: 'trained.h5',
    recipe: 'int8',
    calibration: 'models/mnist-cnn/calibration.npz',
    evaluation: join(data, 'mnist-test.npz'),
    training: { from: 'models/mnist-cnn/model.h5', data: join(data, 'mnist-train.npz'), ...training },
  } as const;
  const stop = new AbortController().signal;
  return (await train(tf, spec, fleets, { tell: () => undefined, stop })).passes;
}

async function prune(tf: Tfjs, seed: number): Promise<Pruning> {
  const [started, used] = [performance.now(), process.cpuUsage()];
  const passes = await passesOf(tf, { seed, ...PRUNE });
  const { user, system } = process.cpuUsage(used);
  const seconds = (performance.now() - started) / 1000;
  const alone = await passesOf(tf, {
    seed,
    prune: { ...PRUNE.prune, labels: 1 },
    tune: { ...PRUNE.tune, labels: 1 },
  });
  const [first, last] = [passes[0]!, passes.at(-1)!];
  return {
    seed,
    size: last.bytes / first.bytes,
    dropPoints: last.dropPoints,
    marginPoints: last.marginPoints,
    aloneDropPoints: alone.at(-1)!.dropPoints,
    seconds,
    processorSeconds: (user + system) / 1e6,
  };
}

async function distil(tf: Tfjs, seed: number): Promise<Distillation> {
  const student = async (more: DistilSpec): Promise<readonly PassReport[]> =>
    passesOf(tf, { seed, distil: { ...STUDENT, ...more } });
  const last = async (more: DistilSpec): Promise<PassReport> => (await student(more)).at(-1)!;
  const taught = await student({ mix: true });
  return {
    seed,
    teacher: 100 * taught[0]!.accuracy,
    alone: 100 * (await last({ labels: 1, inherit: false })).accuracy,
    inherited: 100 * (await last({ labels: 1 })).accuracy,
    taught: 100 * taught[1]!.accuracy,
    parameters: taught[1]!.parameters / taught[0]!.parameters,
  };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Share of a gap that is closed, of the means. @param pairs the gap, and how much of it was closed; points */
function closing(what: string, pairs: readonly (readonly [gap: number, closed: number])[]): string {
  const gap = mean(pairs.map(([points]) => points));
  const closed = mean(pairs.map(([, points]) => points));
  return `  ${what} ${closed.toFixed(2)} of ${gap.toFixed(2)} points, ${((100 * closed) / gap).toFixed(0)} %`;
}

/** The figures as lines. */
export function formatTrainBench({ missing, prunings, distillations }: TrainFigures): string {
  if (missing !== undefined) return `  not measured: ${missing}`;
  return [
    ...prunings.map(
      ({ seed, size, dropPoints, marginPoints, aloneDropPoints, seconds, processorSeconds }) =>
        `  half of the channels, seed ${seed}: ${(100 * size).toFixed(1)} % of the int8 file, ${dropPoints.toFixed(2)} ± ${marginPoints.toFixed(2)} points lost (${aloneDropPoints.toFixed(2)} by labels alone), ${seconds.toFixed(0)} s (${processorSeconds.toFixed(0)} s of a processor)`,
    ),
    closing(
      'of what half of the channels cost, the teacher spares',
      prunings.map(({ aloneDropPoints, dropPoints }) => [aloneDropPoints, aloneDropPoints - dropPoints]),
    ),
    ...distillations.map(
      ({ seed, teacher, alone, inherited, taught, parameters }) =>
        `  a student of ${(100 * parameters).toFixed(0)} % of the parameters, seed ${seed}: ${alone.toFixed(2)} % anew by labels alone, ${inherited.toFixed(2)} % with inherited channels, ${taught.toFixed(2)} % taught too, teacher ${teacher.toFixed(2)} %`,
    ),
    closing(
      'inheriting and teaching close',
      distillations.map(({ teacher, alone, taught }) => [teacher - alone, taught - alone]),
    ),
    closing(
      'teaching alone closes',
      distillations.map(({ teacher, inherited, taught }) => [teacher - inherited, taught - inherited]),
    ),
  ].join('\n');
}
