// Trains a network as its definition says: a student learns, channels go, weights are tuned.

import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import type { BuiltModelSpec, TrainingSpec } from '../../fleet/spec.ts';
import type { Tfjs } from '../backend/tfjs-api.ts';
import { quantizeOptions } from '../build.ts';
import { pairedDrop } from '../paired-drop.ts';
import { runAll } from '../run.ts';
import { readSamples, type Samples } from '../samples.ts';
import { assess, graphOf, type Assessed } from './assess.ts';
import { fit, outputsOf, type FitProgress } from './fit.ts';
import { divide, readLabelled, samplesOf, type Labelled } from './labelled.ts';
import { readNetwork, type Network } from './network.ts';
import { seedOf } from './random.ts';
import { stepsOf, type Pass, type Step } from './steps.ts';
import { toBackend, type Trainee } from './trainee.ts';

/** What a pass left, as a file by the definition's recipe. */
export interface PassReport {
  readonly pass: 'start' | Pass;
  readonly parameters: number;
  readonly bytes: number;
  /** A ratio, on the evaluation set. */
  readonly accuracy: number;
  /** How many samples it was judged on. */
  readonly samples: number;
  /** Percentage points of accuracy lost against the start, and half the interval at 95 %. */
  readonly dropPoints: number;
  readonly marginPoints: number;
}

export interface TrainProgress extends FitProgress {
  readonly title: string;
  /** Share of all steps that is done. */
  readonly overall: number;
}

export interface Trained {
  readonly network: Network;
  /** First the network that training began with. */
  readonly passes: readonly PassReport[];
  /** What was cut short; `undefined` where everything was done. */
  readonly stopped: string | undefined;
}

export interface TrainOptions {
  /** Is told after each batch. */
  readonly tell: (progress: TrainProgress) => void;
  /** Stops after the batch at hand; the best so far is what is returned. */
  readonly stop: AbortSignal;
}

/**
 * Train. The same inputs and seed give the same network on the same machine; another processor may round otherwise.
 * @param folder that the definition's paths are taken from
 * @throws UserError `TRAINING`, `MODEL_UNSUPPORTED`, `CALIBRATION`, and as reading
 */
export async function train(
  tf: Tfjs,
  spec: BuiltModelSpec & { readonly training: TrainingSpec },
  folder: string,
  { tell, stop }: TrainOptions,
): Promise<Trained> {
  const { training } = spec;
  const start = await readNetwork(join(folder, training.from));
  const graph = graphOf(start);
  const data = divide(readLabelled(folder, training.data, graph), seedOf(training));
  const calibration =
    spec.calibration === undefined ? undefined : readSamples(folder, spec.calibration, graph);
  const evaluation =
    spec.evaluation === undefined ? samplesOf(data.held) : readSamples(folder, spec.evaluation, graph);
  const first = await assess(start, spec, calibration, evaluation);
  const passes = [reportOf('start', first, first)];
  const teacher = await toBackend(tf, start);
  try {
    await computesAlike(tf, start, teacher, data.held);
    const { denseByChannel } = quantizeOptions(spec);
    const steps = stepsOf(tf, training, start, teacher, data.train, folder, denseByChannel);
    let network = start;
    let reported = true;
    for (const [index, step] of steps.entries()) {
      const done = await take(tf, step, network, data, {
        seed: seedOf(training),
        stop,
        tell: (progress) =>
          tell({ ...progress, title: step.title, overall: (index + progress.done) / steps.length }),
      });
      if (done !== undefined) [network, reported] = [done, false];
      const cut = stop.aborted;
      // What a round of pruning left stays, where the next is cut short.
      if (!reported && (cut || steps[index + 1]?.pass !== step.pass)) {
        passes.push(reportOf(step.pass, await assess(network, spec, calibration, evaluation), first));
        reported = true;
      }
      if (cut) return { network, passes, stopped: step.title };
    }
    return { network, passes, stopped: undefined };
  } finally {
    teacher.dispose();
  }
}

/** One step; `undefined` where it was stopped before there was anything to keep. */
async function take(
  tf: Tfjs,
  step: Step,
  network: Network,
  { train: seen, held }: { readonly train: Labelled; readonly held: Labelled },
  options: Pick<Parameters<typeof fit>[4], 'seed' | 'stop' | 'tell'>,
): Promise<Network | undefined> {
  const begun = await step.begin(network);
  const fitted = await fit(tf, begun, seen, held, { ...step.fit(begun), ...options });
  return options.stop.aborted && fitted.epoch === 0 ? undefined : fitted.network;
}

function reportOf(pass: PassReport['pass'], now: Assessed, first: Assessed): PassReport {
  const lost = pairedDrop(now.right.map((right, sample) => [first.right[sample]!, right]));
  return {
    pass,
    parameters: now.parameters,
    bytes: now.bytes,
    accuracy: readable(now.right.filter(Boolean).length / now.right.length),
    samples: now.right.length,
    dropPoints: readable(lost.dropPoints),
    marginPoints: pass === 'start' ? 0 : readable(lost.marginPoints),
  };
}

/** To six decimals, as it is written down. */
const readable = (value: number): number => Number(value.toFixed(6));

/** Samples on which the backend and the device's runtime are compared. */
const COMPARED = 16;
/** Farthest that their outputs may be apart, as a share of the largest. */
const APART = 1e-3;

/**
 * A layer that the backend takes for another would be trained for nothing.
 * @throws UserError `MODEL_UNSUPPORTED`
 */
async function computesAlike(tf: Tfjs, network: Network, backend: Trainee, held: Labelled): Promise<void> {
  const some: Samples = { ...samplesOf(held), labels: undefined };
  const inputs = some.inputs.slice(0, COMPARED);
  const device = (await runAll(graphOf(network), inputs)).flatMap((values) => Array.from(values));
  const trained = outputsOf(tf, backend, held).subarray(0, device.length);
  const largest = Math.max(...device.map(Math.abs), Number.MIN_VALUE);
  const apart = Math.max(...device.map((value, index) => Math.abs(value - trained[index]!))) / largest;
  if (apart <= APART) return;
  throw new UserError(
    'MODEL_UNSUPPORTED',
    `TensorFlow.js computes the network ${network.name} otherwise than devices do: outputs are ${apart.toPrecision(2)} of the largest apart`,
    'train it where it was made, or build it of layers that both have',
  );
}
