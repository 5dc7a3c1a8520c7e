// The loop that trains: epochs of batches in seeded order, a falling learning rate, and the best epoch kept.

import { setImmediate } from 'node:timers/promises';
import { argmax } from '../outputs.ts';
import type { TfTensor, TfVariable, Tfjs } from '../backend/tfjs-api.ts';
import { elements } from '../graph.ts';
import { batchOf, type Batch } from './batch.ts';
import type { Labelled } from './labelled.ts';
import type { Loss } from './losses.ts';
import type { Network } from './network.ts';
import { seeded, shuffled } from './random.ts';
import { predict, toBackend, type Trainee } from './trainee.ts';

export interface FitOptions {
  readonly epochs: number;
  readonly batch: number;
  /** At the beginning; it falls to nothing along a cosine. */
  readonly learningRate: number;
  readonly seed: number;
  /** What is to become small. */
  readonly loss: Loss;
  /** Whether each sample is shown mixed with another of its batch, in random shares; default: as it is. */
  readonly mix?: boolean;
  /** Wraps every look at the network with other weights than are trained; default: none. */
  readonly within?: <T>(trainee: Trainee, look: () => T) => T;
  /** Is told after each batch. */
  readonly tell: (progress: FitProgress) => void;
  /** Stops after the batch at hand; the best so far stays. */
  readonly stop: AbortSignal;
}

export interface FitProgress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Share of all batches that are done. */
  readonly done: number;
  /** Mean over the batches of the epoch so far. */
  readonly loss: number;
  /** Share of the samples held out whose class the best so far names. */
  readonly best: number;
}

export interface Fitted {
  readonly network: Network;
  /** Share of the samples held out whose class it names. */
  readonly held: number;
  /** The epoch that it is of; 0 where none was better than the beginning. */
  readonly epoch: number;
}

/**
 * Train a network.
 * @throws UserError `MODEL_UNSUPPORTED` where the backend does not know a layer
 */
export async function fit(
  tf: Tfjs,
  network: Network,
  train: Labelled,
  held: Labelled,
  options: FitOptions,
): Promise<Fitted> {
  const { epochs, batch, seed, stop } = options;
  const trainee = await toBackend(tf, network);
  const optimizer = tf.train.adam(options.learningRate);
  const random = seeded(seed);
  const batches = Math.ceil(train.count / batch);
  // The last but one batch of an epoch may be the last: one sample alone spoils a normalization's statistics.
  const whole = train.count % batch === 1 ? batches - 1 : batches;
  const within = options.within ?? ((_, look) => look());
  const rate = (): number => within(trainee, () => accuracyOf(tf, trainee, held));
  let best: Fitted = { network, held: rate(), epoch: 0 };
  let step = 0;
  try {
    for (let epoch = 1; epoch <= epochs && !stop.aborted; epoch++) {
      const order = shuffled(train.count, random);
      let total = 0;
      for (let index = 0; index < whole && !stop.aborted; index++, step++) {
        optimizer.learningRate =
          (options.learningRate * (1 + Math.cos((Math.PI * step) / (epochs * whole)))) / 2;
        reseed(trainee, seed + step);
        const places = order.subarray(index * batch, Math.min((index + 1) * batch, train.count));
        total += oneStep(tf, trainee, optimizer, options, () =>
          batchOf(tf, train, places, options.mix === true ? random : undefined),
        );
        const done = (step + 1) / (epochs * whole);
        options.tell({
          epoch,
          epochs,
          done,
          loss: total / (index + 1),
          best: best.held,
        });
        // Signals are heard between batches.
        await setImmediate();
      }
      if (stop.aborted) break;
      const now = rate();
      if (now >= best.held) best = { network: trainee.read(), held: now, epoch };
    }
    return best;
  } finally {
    trainee.dispose();
    optimizer.dispose();
  }
}

function oneStep(
  tf: Tfjs,
  trainee: Trainee,
  optimizer: ReturnType<Tfjs['train']['adam']>,
  { loss, within = (_, look) => look() }: FitOptions,
  makeBatch: () => Batch,
): number {
  return tf.tidy(() => {
    const batch = makeBatch();
    const wanted = loss(batch);
    const variables = trainee.model.trainableWeights.map((weight): TfVariable => weight.read());
    const { value, grads } = within(trainee, () =>
      tf.variableGrads(() => wanted(trainee.model.apply(batch.inputs, { training: true })), variables),
    );
    optimizer.applyGradients(grads);
    return value.dataSync()[0]!;
  });
}

/** Dropout draws from its own seed, the same each time: given another for each step, it is other noise, and repeatable. */
function reseed({ model }: Trainee, seed: number): void {
  for (const [index, layer] of model.layers.entries()) if ('seed' in layer) layer.seed = seed * 31 + index;
}

/** Share of samples whose class the network names. */
export function accuracyOf(tf: Tfjs, trainee: Trainee, data: Labelled): number {
  const outputs = outputsOf(tf, trainee, data);
  const width = outputs.length / data.count;
  let right = 0;
  for (const [index, label] of data.labels.entries())
    if (argmax(outputs.subarray(index * width, (index + 1) * width)) === label) right++;
  return right / data.count;
}

/** What the network makes of each sample, one after the other. */
export function outputsOf(tf: Tfjs, trainee: Trainee, { values, shape, count }: Labelled): Float32Array {
  const each = elements(shape);
  const inputs = (from: number, to: number): TfTensor =>
    tf.tensor(values.subarray(from * each, to * each), [to - from, ...shape]);
  return predict(tf, trainee, inputs, count);
}
