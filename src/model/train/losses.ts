// What training makes small.

import { UserError } from '../../errors.ts';
import type { TfTensor, Tfjs } from '../backend/tfjs-api.ts';
import type { Batch } from './batch.ts';
import type { Network } from './network.ts';

/** Of a batch, then of what the network makes of it: what is wanted is looked up once, outside of what gradients follow. */
export type Loss = (batch: Batch) => (outputs: TfTensor) => TfTensor;

/** The logarithm of the least probability that is told from none. */
const LEAST = 1e-7;

/** Whether a network ends in a softmax; else its outputs count as the logarithms that one would take. */
export function endsInSoftmax({ layers, outputs, name }: Network): boolean {
  const last = layers.find((layer) => layer.name === outputs[0]?.[0]);
  const { activation } = last?.config ?? {};
  if (outputs.length !== 1 || activation === 'sigmoid') {
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `the network ${name} does not end in one output with a value for each class`,
      'train it where it was made',
    );
  }
  return last?.kind === 'Softmax' || activation === 'softmax';
}

/** Logarithms of the probabilities of classes. */
const logarithms = (tf: Tfjs, outputs: TfTensor, softmax: boolean): TfTensor =>
  softmax ? tf.log(tf.clipByValue(outputs, LEAST, 1)) : tf.logSoftmax(outputs);

/** Mean surprise at the right classes; of mixed samples, at both in their shares. @param classes how many there are */
export const labelLoss =
  (tf: Tfjs, labels: Int32Array, classes: number, softmax: boolean): Loss =>
  ({ places, partners, shares }) => {
    const wanted = new Float32Array(places.length * classes);
    for (const [index, place] of places.entries()) {
      wanted[index * classes + labels[place]!]! += shares[index]!;
      if (partners !== undefined) wanted[index * classes + labels[partners[index]!]!]! += 1 - shares[index]!;
    }
    const right = tf.tensor(wanted, [places.length, classes]);
    return (outputs) => tf.neg(tf.mean(tf.sum(tf.mul(right, logarithms(tf, outputs, softmax)), -1)));
  };

export interface TeacherOptions {
  /** What the teacher makes of a batch. */
  readonly teacher: (batch: Batch) => TfTensor;
  /** Whether the teacher, and whether the network ends in a softmax. */
  readonly teacherSoftmax: boolean;
  readonly softmax: boolean;
  /** Both networks' logarithms are divided by it, so that what the teacher thinks of wrong classes counts. */
  readonly temperature: number;
}

/**
 * How far the network's probabilities are from the teacher's, both softened (Kullback and Leibler's divergence), times the
 * temperature squared, which keeps the gradient's size.
 * @see https://arxiv.org/abs/1503.02531
 */
export const teacherLoss =
  (tf: Tfjs, { teacher, teacherSoftmax, softmax, temperature }: TeacherOptions): Loss =>
  (batch) => {
    const soften = (raw: TfTensor, ends: boolean): TfTensor => tf.div(logarithms(tf, raw, ends), temperature);
    const wanted = soften(teacher(batch), teacherSoftmax);
    const [exact, shares] = [tf.logSoftmax(wanted), tf.softmax(wanted)];
    return (outputs) => {
      const apart = tf.sub(exact, tf.logSoftmax(soften(outputs, softmax)));
      return tf.mul(tf.mean(tf.sum(tf.mul(shares, apart), -1)), temperature ** 2);
    };
  };

/** A weighted sum of two losses. @param share of the first, a ratio */
export const mixed =
  (tf: Tfjs, first: Loss, second: Loss, share: number): Loss =>
  (batch) => {
    const [one, other] = [first(batch), second(batch)];
    return (outputs) => tf.add(tf.mul(one(outputs), share), tf.mul(other(outputs), 1 - share));
  };
