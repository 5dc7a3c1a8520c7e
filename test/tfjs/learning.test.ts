import { expect, test } from 'vitest';
import { simplify } from '../../src/model/convert.ts';
import { quantizeDynamic } from '../../src/model/quantize/dynamic.ts';
import { loadTfjs } from '../../src/model/backend/tfjs.ts';
import type { Tfjs, TfTensor } from '../../src/model/backend/tfjs-api.ts';
import { graphOf } from '../../src/model/train/assess.ts';
import { withInt8Weights } from '../../src/model/train/int8-weights.ts';
import { labelLoss, mixed, teacherLoss } from '../../src/model/train/losses.ts';
import { readNetwork } from '../../src/model/train/network.ts';
import { toBackend } from '../../src/model/train/trainee.ts';
import { digitsFile } from '../model/digits.ts';
import { describeTfjs, places } from './tfjs-test.ts';

const load = (): Tfjs => loadTfjs('training', places);
const one = (tensor: TfTensor): number => tensor.dataSync()[0]!;

describeTfjs('what is made small', () => {
  test('it is the surprise at the right classes, from probabilities and from their logarithms alike', () => {
    const tf = load();
    const labels = Int32Array.of(2, 0, 1);
    // The samples of a batch stand anywhere in the data.
    const places = Uint32Array.of(1, 2);
    const said = [0.5, 0.25, 0.25, 0.1, 0.8, 0.1];
    const surprise = -(Math.log(0.5) + Math.log(0.8)) / 2;
    const probabilities = tf.tensor(Float32Array.from(said), [2, 3]);
    const logarithms = tf.tensor(
      Float32Array.from(said, (value) => Math.log(value) + 7),
      [2, 3],
    );
    expect(one(labelLoss(tf, labels, true)(probabilities, places))).toBeCloseTo(surprise, 5);
    expect(one(labelLoss(tf, labels, false)(logarithms, places))).toBeCloseTo(surprise, 5);
  });

  test('a network that says what its teacher says has nothing to learn', () => {
    const tf = load();
    const teacher = Float32Array.of(0.5, 0.25, 0.25, 0.1, 0.8, 0.1);
    const options = { teacher, teacherSoftmax: true, softmax: true, temperature: 4 };
    const loss = teacherLoss(tf, options);
    const places = Uint32Array.of(0, 1);
    expect(one(loss(tf.tensor(teacher, [2, 3]), places))).toBeCloseTo(0, 5);
    const other = tf.tensor(Float32Array.of(0.25, 0.5, 0.25, 0.1, 0.8, 0.1), [2, 3]);
    expect(one(loss(other, places))).toBeGreaterThan(0.05);
    const half = mixed(tf, loss, labelLoss(tf, Int32Array.of(0, 1), true), 0.5);
    const both = [one(loss(other, places)), one(labelLoss(tf, Int32Array.of(0, 1), true)(other, places))];
    expect(one(half(other, places))).toBeCloseTo((both[0]! + both[1]!) / 2, 5);
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
