import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { quantize, readSource } from '../../src/model/convert.ts';
import type { Graph } from '../../src/model/graph.ts';
import { readNpz } from '../../src/model/npz.ts';
import { sqnrDb } from '../../src/model/outputs.ts';
import { supportedLayers } from '../../src/model/read/convert-keras.ts';
import { readKerasZip } from '../../src/model/read/keras-zip.ts';
import { runOutputs } from '../../src/model/run.ts';
import { readSamples } from '../../src/model/samples.ts';

// The networks and Keras' own answers come from fixtures/make.py.

const folder = fileURLToPath(new URL('fixtures/', import.meta.url));
const FIXTURES = [
  'plane.keras',
  'line.keras',
  'siamese.keras',
  'siamese-legacy.h5',
  'activations.keras',
  'normalized.keras',
  'pools.keras',
];
const dataOf = (file: string): string => file.replace(/\.\w+$/, '.npz');

/** What Keras answered, output by output, and what a graph answers, sample by sample in one list. */
async function answers(
  file: string,
  graph: Graph,
): Promise<readonly (readonly [Float32Array, Float32Array])[]> {
  const runs = await runOutputs(graph, readSamples(folder, dataOf(file), graph).inputs);
  const arrays = readNpz(readFileSync(`${folder}${dataOf(file)}`), file);
  return graph.outputs.map((_, output) => [
    Float32Array.from(arrays[`answer${output}`]!.values),
    Float32Array.from(runs.flatMap((run) => Array.from(run[output]!))),
  ]);
}

test.each(FIXTURES)('%s answers as it does in Keras', async (file) => {
  for (const [exact, ours] of await answers(file, await readSource(`${folder}${file}`))) {
    const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(ours).toHaveLength(exact.length);
    const farthest = exact.reduce((most, value, at) => Math.max(most, Math.abs(value - ours[at]!)), 0);
    expect(farthest / largest).toBeLessThan(2e-6);
  }
});

test.each(FIXTURES)('%s in int8 stays within 25 dB of itself', async (file) => {
  const float = await readSource(`${folder}${file}`);
  const { inputs } = readSamples(folder, dataOf(file), float);
  const built = await quantize(float, inputs, { recipe: 'int8', io: 'float', denseByChannel: true });
  expect(built.tensors.filter(({ type, data }) => type === 'float32' && data !== undefined)).toEqual([]);
  expect(sqnrDb(await answers(file, built))).toBeGreaterThan(25);
});

test('every layer that can be converted is in one of these networks', async () => {
  const archives = FIXTURES.filter((file) => file.endsWith('.keras'));
  const models = await Promise.all(archives.map((file) => readKerasZip(`${folder}${file}`)));
  const written = JSON.stringify(models.flatMap(({ layers }) => layers));
  const occurring = new Set([...written.matchAll(/"(?:kind|class_name)":"(\w+)"/g)].map(([, kind]) => kind));
  expect(supportedLayers().filter((kind) => !occurring.has(kind))).toEqual([]);
});

test('the layers that can be converted', () => {
  expect(supportedLayers().join(' ')).toMatchInlineSnapshot(
    `"Activation ActivityRegularization Add AlphaDropout AveragePooling1D AveragePooling2D BatchNormalization Concatenate Conv1D Conv2D Conv2DTranspose Cropping1D Cropping2D Dense DepthwiseConv2D Dropout ELU Flatten GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D InputLayer LeakyReLU MaxPooling1D MaxPooling2D Maximum Minimum Multiply Normalization PReLU Permute ReLU Rescaling Reshape SeparableConv2D Softmax SpatialDropout1D SpatialDropout2D Subtract UpSampling2D ZeroPadding1D ZeroPadding2D"`,
  );
});

test('a normalization before a convolution or a product is absorbed where nothing is padded', async () => {
  const { operators } = await readSource(`${folder}normalized.keras`);
  expect(operators.map(({ kind }) => kind)).toEqual([
    'CONV_2D',
    'DEPTHWISE_CONV_2D',
    'MEAN',
    'FULLY_CONNECTED',
  ]);
});
