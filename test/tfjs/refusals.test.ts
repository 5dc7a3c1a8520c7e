import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Network, NetworkLayer } from '../../src/model/train/network.ts';
import { writeKerasH5 } from '../../src/model/train/write-h5.ts';
import { npzBytes } from '../../src/model/write-npz.ts';
import { fleetWith } from '../cli/fleet-with-model.ts';
import { run } from '../cli/run.ts';
import { digitsFile } from '../model/digits.ts';
import { chain, convolution, layer } from '../model/train/example-network.ts';
import { describeTfjs, places } from './tfjs-test.ts';

const TUNE = 'tune: { epochs: 1 }';

/** What `train` says of a model that is trained so. */
async function refused(
  passes: string,
  change: (fleets: string) => void | Promise<void> = () => undefined,
  more = '',
): Promise<string> {
  const training = `training: { from: 'model.h5', data: 'test.npz', ${passes} }`;
  const folder = fleetWith(`source: 'trained.h5', ${training}, ${more}`);
  await change(join(folder, 'fleets'));
  const { status, stderr } = await run(folder, ['train'], { env: places.env });
  expect(status).toBe(2);
  return stderr.replaceAll(folder, 'PROJECT');
}

const image = layer('InputLayer', 'image', [], { batch_input_shape: [null, 8, 8, 1] });
const end = (before: string, activation: string, units = 10): readonly NetworkLayer[] => [
  layer('Flatten', 'flat', [before]),
  layer('Dense', 'end', ['flat'], { units, activation }, { kernel: [64 * 4, units], bias: [units] }),
];

const replaced =
  (network: Network) =>
  async (fleets: string): Promise<void> =>
    writeFileSync(join(fleets, 'model.h5'), await writeKerasH5(network));

describeTfjs('a training that cannot be', () => {
  test('it must ask for something', async () => {
    expect(await refused('')).toMatchInlineSnapshot(`
      "error[TRAINING]: the definition says what to train on, not what to do
        fix: add distil, prune or tune to training
      "
    `);
  });

  test('a student is declared in one way', async () => {
    expect(await refused("distil: { width: 0.5, student: 'model.h5' }")).toMatchInlineSnapshot(`
      "error[TRAINING]: distil names a student and a width
        fix: give width, for the same architecture with fewer channels, or student, a file
      "
    `);
    expect(await refused('distil: { epochs: 1 }')).toMatchInlineSnapshot(`
      "error[TRAINING]: distil names no student
        fix: give width, for the same architecture with fewer channels, or student, a file
      "
    `);
  });

  test('what it writes is a .h5', async () => {
    expect(await refused(TUNE, undefined, "source: 'trained.keras'")).toMatchInlineSnapshot(`
      "error[TRAINING]: the source of digits is trained.keras, and what training writes is a .h5
        fix: name a .h5 as source
      "
    `);
  });

  test('samples need labels, of classes that there are', async () => {
    const x = { shape: [12, 8, 8, 1], values: new Uint8Array(12 * 64) };
    const save = (arrays: Parameters<typeof npzBytes>[0]) => (fleets: string) =>
      writeFileSync(join(fleets, 'test.npz'), npzBytes(arrays, true));
    expect(await refused(TUNE, save({ x }))).toMatchInlineSnapshot(`
      "error[CALIBRATION]: test.npz has no labels
        fix: give the class of each sample as the array y
      "
    `);
    const y = { shape: [12], values: new Uint8Array(12).fill(10) };
    expect(await refused(TUNE, save({ x, y }))).toMatchInlineSnapshot(`
      "error[CALIBRATION]: label 0 in test.npz is 10, the model has classes 0 to 9
        fix: correct the label
      "
    `);
  });

  test('a file without layers cannot be trained', async () => {
    const change = (fleets: string): void =>
      copyFileSync(digitsFile('model.h5'), join(fleets, 'model.tflite'));
    const text = await refused(`from: 'model.tflite', ${TUNE}`, change);
    expect(text).toMatchInlineSnapshot(`
      "error[MODEL_UNSUPPORTED]: PROJECT/fleets/model.tflite cannot be trained: it does not hold layers
        fix: give a Keras .h5 or .keras, or the model.json of a LayersModel
      "
    `);
  });

  test('a layer that the backend takes for another is found before it is trained for nothing', async () => {
    const network = chain('sloped', [
      image,
      convolution('made', 'image', 1, 4, 'linear'),
      layer('ReLU', 'slope', ['made'], { max_value: null, negative_slope: 0.5, threshold: 0 }),
      ...end('slope', 'softmax'),
    ]);
    network.layers[1]!.weights['kernel']!.values.fill(-0.1);
    network.layers[4]!.weights['kernel']!.values.forEach((_, index, all) => (all[index] = (index % 7) / 10));
    expect(await refused(TUNE, replaced(network))).toMatchInlineSnapshot(`
      "error[MODEL_UNSUPPORTED]: TensorFlow.js computes the network sloped otherwise than devices do: outputs are 0.072 of the largest apart
        fix: train it where it was made, or build it of layers that both have
      "
    `);
  });

  test('a layer that the backend does not know is named', async () => {
    const network = chain('less', [
      image,
      convolution('a', 'image', 1, 4),
      convolution('b', 'image', 1, 4),
      layer('Subtract', 'difference', ['a', 'b']),
      ...end('difference', 'softmax'),
    ]);
    expect(await refused(TUNE, replaced(network))).toMatchInlineSnapshot(`
      "error[MODEL_UNSUPPORTED]: the network less cannot be trained by TensorFlow.js: Unknown layer: Subtract
        fix: train it where it was made, or build it of layers that TensorFlow.js has
      "
    `);
  });

  test('an output that is no class is refused', async () => {
    const network = chain('yes', [image, convolution('a', 'image', 1, 4), ...end('a', 'sigmoid')]);
    expect(await refused(TUNE, replaced(network))).toMatchInlineSnapshot(`
      "error[MODEL_UNSUPPORTED]: the network yes does not end in one output with a value for each class
        fix: train it where it was made
      "
    `);
  });
});
