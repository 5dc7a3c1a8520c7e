// What a definition asks of training, as steps in order.

import { resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import type { FitSpec, TeachSpec, TrainingSpec } from '../../fleet/spec.ts';
import type { Tfjs, TfTensor } from '../backend/tfjs-api.ts';
import type { Batch } from './batch.ts';
import { outputsOf, type FitOptions } from './fit.ts';
import { withInt8Weights } from './int8-weights.ts';
import type { Labelled } from './labelled.ts';
import { endsInSoftmax, labelLoss, mixed, teacherLoss, type Loss } from './losses.ts';
import { readNetwork, type Network } from './network.ts';
import { seedOf } from './random.ts';
import { pruning, studentOf } from './shrink.ts';
import type { Trainee } from './trainee.ts';

export type Pass = 'distil' | 'prune' | 'tune';

export interface Step {
  readonly pass: Pass;
  /** For people: `prune, round 1 of 2`. */
  readonly title: string;
  /** The network to train, from the one that the step before left. */
  begin(network: Network): Promise<Network> | Network;
  /** Of a network that `begin` gave. */
  fit(network: Network): Pick<FitOptions, 'epochs' | 'batch' | 'learningRate' | 'loss' | 'within' | 'mix'>;
}

const EPOCHS = { distil: 20, prune: 10, tune: 3 } as const;
const BATCH = 64;
const LEARNING_RATE = 0.001;
const TEMPERATURE = 4;
const LABELS = 0.1;
const ROUNDS = 2;

/**
 * The steps of a training.
 * @param start the network to begin with, and
 * @param teacher the same in the backend
 * @param folder that paths are taken from
 * @param denseByChannel as the quantizer has it
 * @throws UserError `TRAINING` for a definition that asks for nothing, or for a student in two ways
 */
export function stepsOf(
  tf: Tfjs,
  spec: TrainingSpec,
  start: Network,
  teacher: Trainee,
  train: Labelled,
  folder: string,
  denseByChannel: boolean,
): readonly Step[] {
  const { distil, prune, tune } = spec;
  const seed = seedOf(spec);
  if (distil === undefined && prune === undefined && tune === undefined) {
    throw new UserError(
      'TRAINING',
      'the definition says what to train on, not what to do',
      'add distil, prune or tune to training',
    );
  }
  if (distil !== undefined && (distil.width === undefined) === (distil.student === undefined)) {
    throw new UserError(
      'TRAINING',
      distil.width === undefined ? 'distil names no student' : 'distil names a student and a width',
      'give width, for the same architecture with fewer channels, or student, a file',
    );
  }
  const taught = lossWithTeacher(tf, teacher, endsInSoftmax(start), train);
  const steps: Step[] = [];
  if (distil !== undefined) {
    const { student, width = 1, inherit = true } = distil;
    steps.push({
      pass: 'distil',
      title: 'distil',
      begin: () =>
        student === undefined
          ? studentOf(start, width, inherit ? undefined : seed)
          : readNetwork(resolve(folder, student)),
      fit: (network) => ({
        ...speed(distil, distil.epochs ?? EPOCHS.distil),
        loss: taught(network, distil),
        mix: distil.mix ?? false,
      }),
    });
  }
  if (prune !== undefined) steps.push(...pruneSteps(prune.channels, prune.rounds ?? ROUNDS));
  if (tune !== undefined) {
    steps.push({
      pass: 'tune',
      title: 'tune',
      begin: (network) => network,
      fit: (network) => ({
        ...speed(tune, tune.epochs ?? EPOCHS.tune),
        loss: taught(network, tune),
        ...(tune.weights === 'float' ? {} : { within: withInt8Weights(tf, network, denseByChannel) }),
      }),
    });
  }
  return steps;

  function pruneSteps(share: number, rounds: number): readonly Step[] {
    let remove: ReturnType<typeof pruning> | undefined;
    const epochs = Math.max(1, Math.round((prune!.epochs ?? EPOCHS.prune) / rounds));
    return Array.from({ length: rounds }, (_, index) => ({
      pass: 'prune' as const,
      title: rounds === 1 ? 'prune' : `prune, round ${index + 1} of ${rounds}`,
      begin: (network) => {
        remove ??= pruning(network, share, rounds);
        return remove(network, index + 1);
      },
      fit: (network) => ({ ...speed(prune!, epochs), loss: taught(network, prune!) }),
    }));
  }
}

const speed = (fit: FitSpec, epochs: number): Pick<FitOptions, 'epochs' | 'batch' | 'learningRate'> => ({
  epochs,
  batch: fit.batch ?? BATCH,
  learningRate: fit.learningRate ?? LEARNING_RATE,
});

/** What the network to begin with makes of samples as they are is asked for once; of mixed ones, each time. */
function lossWithTeacher(
  tf: Tfjs,
  start: Trainee,
  teacherSoftmax: boolean,
  train: Labelled,
): (network: Network, from: TeachSpec) => Loss {
  const known = outputsOf(tf, start, train);
  const classes = known.length / train.count;
  const teacher = ({ places, partners, inputs }: Batch): TfTensor => {
    if (partners !== undefined) return start.model.apply(inputs, { training: false });
    const values = new Float32Array(places.length * classes);
    for (const [index, place] of places.entries())
      values.set(known.subarray(place * classes, (place + 1) * classes), index * classes);
    return tf.tensor(values, [places.length, classes]);
  };
  return (network, { temperature = TEMPERATURE, labels = LABELS }) => {
    const softmax = endsInSoftmax(network);
    const learned = teacherLoss(tf, { teacher, teacherSoftmax, softmax, temperature });
    return mixed(tf, labelLoss(tf, train.labels, classes, softmax), learned, labels);
  };
}
