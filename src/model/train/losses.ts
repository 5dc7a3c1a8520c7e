// What training makes small.

import { UserError } from '../../errors.ts';
import type { TfTensor, Tfjs } from '../backend/tfjs-api.ts';
import type { Network } from './network.ts';

/** Of a batch: outputs of the network, and the places of its samples in the data. */
export type Loss = (outputs: TfTensor, places: Uint32Array) => TfTensor;

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

/** Mean surprise at the right classes. */
export const labelLoss =
  (tf: Tfjs, labels: Int32Array, softmax: boolean): Loss =>
  (outputs, places) => {
    const right = tf.tensor(
      Int32Array.from(places, (place) => labels[place]!),
      [places.length],
      'int32',
    );
    const wanted = tf.oneHot(right, outputs.shape.at(-1)!);
    return tf.neg(tf.mean(tf.sum(tf.mul(wanted, logarithms(tf, outputs, softmax)), -1)));
  };

export interface TeacherOptions {
  /** What the teacher makes of every sample of the data, one after the other. */
  readonly teacher: Float32Array;
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
  (outputs, places) => {
    const width = outputs.shape.at(-1)!;
    const values = new Float32Array(places.length * width);
    for (const [index, place] of places.entries())
      values.set(teacher.subarray(place * width, (place + 1) * width), index * width);
    const soften = (raw: TfTensor, ends: boolean): TfTensor => tf.div(logarithms(tf, raw, ends), temperature);
    const wanted = soften(tf.tensor(values, [places.length, width]), teacherSoftmax);
    const apart = tf.sub(tf.logSoftmax(wanted), tf.logSoftmax(soften(outputs, softmax)));
    return tf.mul(tf.mean(tf.sum(tf.mul(tf.softmax(wanted), apart), -1)), temperature ** 2);
  };

/** A weighted sum of two losses. @param share of the first, a ratio */
export const mixed =
  (tf: Tfjs, first: Loss, second: Loss, share: number): Loss =>
  (outputs, places) =>
    tf.add(tf.mul(first(outputs, places), share), tf.mul(second(outputs, places), 1 - share));
