import { expect, test } from 'vitest';
import { simplify } from '../../src/model/convert.ts';
import { quantizeDynamic } from '../../src/model/quantize/dynamic.ts';
import { loadTfjs } from '../../src/model/backend/tfjs.ts';
import type { Tfjs, TfTensor } from '../../src/model/backend/tfjs-api.ts';
import { batchOf } from '../../src/model/train/batch.ts';
import { graphOf } from '../../src/model/train/assess.ts';
import { withInt8Weights } from '../../src/model/train/int8-weights.ts';
import { labelLoss, mixed, teacherLoss } from '../../src/model/train/losses.ts';
import { readNetwork } from '../../src/model/train/network.ts';
import { toBackend } from '../../src/model/train/trainee.ts';
import { digitsFile } from '../model/digits.ts';
import { describeTfjs, places } from './tfjs-test.ts';

const load = (): Tfjs => loadTfjs('training', places);
const threeSamples = {
  count: 3,
  shape: [2],
  values: Float32Array.of(1, 2, 3, 4, 5, 6),
  labels: Int32Array.of(2, 0, 1),
};
const one = (tensor: TfTensor): number => tensor.dataSync()[0]!;

describeTfjs('what is made small', () => {
  const LABELS = threeSamples.labels;
  const SAID = [0.5, 0.25, 0.25, 0.1, 0.8, 0.1];

  test('it is the surprise at the right classes, from probabilities and from their logarithms alike', () => {
    const tf = load();
    const batch = batchOf(tf, threeSamples, Uint32Array.of(1, 2), undefined);
    const surprise = -(Math.log(0.5) + Math.log(0.8)) / 2;
    const probabilities = tf.tensor(Float32Array.from(SAID), [2, 3]);
    const logarithms = tf.tensor(
      Float32Array.from(SAID, (value) => Math.log(value) + 7),
      [2, 3],
    );
    expect(one(labelLoss(tf, LABELS, 3, true)(batch)(probabilities))).toBeCloseTo(surprise, 5);
    expect(one(labelLoss(tf, LABELS, 3, false)(batch)(logarithms))).toBeCloseTo(surprise, 5);
  });

  test('a mixed sample shows both in their shares, and both classes are right in them', () => {
    const tf = load();
    const shares = [0.75, 0.5];
    let drawn = 0;
    const batch = batchOf(tf, threeSamples, Uint32Array.of(1, 2), () => shares[drawn++]!);
    expect([...batch.inputs.dataSync()]).toEqual([3 * 0.75 + 5 * 0.25, 4 * 0.75 + 6 * 0.25, 4, 5]);
    const wanted = [0.75 * Math.log(0.5) + 0.25 * Math.log(0.25), 0.5 * Math.log(0.8) + 0.5 * Math.log(0.1)];
    const loss = labelLoss(tf, LABELS, 3, true)(batch)(tf.tensor(Float32Array.from(SAID), [2, 3]));
    expect(one(loss)).toBeCloseTo(-(wanted[0]! + wanted[1]!) / 2, 5);
  });

  test('a network that says what its teacher says has nothing to learn', () => {
    const tf = load();
    const teacher = (): TfTensor => tf.tensor(Float32Array.from(SAID), [2, 3]);
    const learned = teacherLoss(tf, { teacher, teacherSoftmax: true, softmax: true, temperature: 4 });
    const right = labelLoss(tf, LABELS, 3, true);
    const batch = batchOf(tf, threeSamples, Uint32Array.of(1, 2), undefined);
    expect(one(learned(batch)(teacher()))).toBeCloseTo(0, 5);
    const other = tf.tensor(Float32Array.of(0.25, 0.5, 0.25, 0.1, 0.8, 0.1), [2, 3]);
    const both = [one(learned(batch)(other)), one(right(batch)(other))] as const;
    expect(both[0]).toBeGreaterThan(0.05);
    expect(one(mixed(tf, learned, right, 0.5)(batch)(other))).toBeCloseTo((both[0] + both[1]) / 2, 5);
  });

  test('simulated weights are those that the quantizer leaves, and the exact ones come back', async () => {
    const tf = load();
    const network = await readNetwork(digitsFile('model.h5'));
    const trainee = await toBackend(tf, network);
    const kernel = (): Float32Array =>
      Float32Array.from(
        trainee.model.layers
          .find(({ name }) => name === 'conv2')!
          .weights[0]!.read()
          .dataSync(),
      );
    const before = kernel();
    const rounded = withInt8Weights(tf, network, true)(trainee, kernel);
    expect([...kernel()]).toEqual([...before]);
    // [3, 3, 16, 32] here; the quantizer has [32, 3, 3, 16], with a scale for each of 32.
    const built = quantizeDynamic(simplify(graphOf(network)), { denseByChannel: true });
    const made = built.tensors.find(({ name, type }) => type === 'int8' && name.startsWith('conv2'))!;
    const codes = new Int8Array(made.data!.buffer, made.data!.byteOffset, made.data!.byteLength);
    expect(made.shape).toEqual([32, 3, 3, 16]);
    const farthest = Math.max(
      ...codes.map((code, index) => {
        const [channel, place] = [Math.floor(index / 144), index % 144];
        return Math.abs(code * made.quantization!.scale[channel]! - rounded[place * 32 + channel]!);
      }),
    );
    expect(farthest).toBeLessThan(1e-6);
    trainee.dispose();
  });

  test('a dropout draws other noise at each step, and the same in another run', async () => {
    const tf = load();
    const trainee = await toBackend(tf, await readNetwork(digitsFile('model.h5')));
    const dropout = trainee.model.layers.find((layer) => layer.name === 'drop')!;
    const ones = tf.tensor(new Float32Array(64).fill(0.5), [1, 8, 8, 1]);
    const draw = (seed: number): string => {
      dropout.seed = seed;
      return String(trainee.model.apply(ones, { training: true }).dataSync());
    };
    expect(draw(1)).toBe(draw(1));
    expect(draw(1)).not.toBe(draw(2));
    trainee.dispose();
  });
});
