import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSource } from '../../src/model/convert.ts';
import { floatsOf } from '../../src/model/passes/constants.ts';
import { quantizeFloat16 } from '../../src/model/quantize/float16.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';
import { diffModels } from '../../src/model/diff.ts';
import { zipEntries } from '../../src/model/npz.ts';
import { project } from '../project.ts';
import { digitsFile } from './digits.ts';
import { zip } from './zip.ts';

const refusal = (path: string, folder: string): Promise<string> =>
  readSource(path).then(
    () => 'accepted',
    (error: unknown) => String(error).replaceAll(folder, '.'),
  );

test('the same network as .h5 and as .keras becomes the same file', async () => {
  const [h5, keras] = [await readSource(digitsFile('model.h5')), await readSource(digitsFile('model.keras'))];
  expect(writeTflite(keras, '')).toEqual(writeTflite(h5, ''));
});

test('a float .tflite is read back as the graph that was written, float16 weights as floats', async () => {
  const folder = project({});
  const graph = await readSource(digitsFile('model.h5'));
  writeFileSync(join(folder, 'float.tflite'), writeTflite(graph, ''));
  writeFileSync(join(folder, 'half.tflite'), writeTflite(quantizeFloat16(graph), ''));
  const again = await readSource(join(folder, 'float.tflite'));
  const same = { before: { file: 'a', bytes: 0, graph }, after: { file: 'b', bytes: 0, graph: again } };
  expect(diffModels(same.before, same.after).differences).toEqual([]);
  const half = await readSource(join(folder, 'half.tflite'));
  expect(half.operators.map(({ kind }) => kind)).toEqual(graph.operators.map(({ kind }) => kind));
  const weights = (of: typeof graph): readonly number[] =>
    of.tensors.flatMap((tensor) => [...(floatsOf(tensor) ?? [])]);
  const [before, after] = [weights(graph), weights(half)];
  expect(after).toHaveLength(before.length);
  for (const [index, value] of before.entries())
    expect(Math.abs(after[index]! - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11 + 2 ** -25);
});

test('a quantized .tflite is no source', async () => {
  const folder = project({});
  const float = await readSource(digitsFile('model.h5'));
  const tensors = float.tensors.map((tensor, index) =>
    index === 0 ? { ...tensor, type: 'int8' as const } : tensor,
  );
  writeFileSync(join(folder, 'x.tflite'), writeTflite({ ...float, tensors }, ''));
  expect(await refusal(join(folder, 'x.tflite'), folder)).toMatchInlineSnapshot(
    `"UserError: ./x.tflite is quantized already: tensor image is int8"`,
  );
});

/** A LayersModel of two layers, weights in two shards, one of them compressed. */
function tfjs(folder: string, change: (json: Record<string, unknown>) => void = () => {}): string {
  const layer = (class_name: string, config: object): object => ({ class_name, config });
  const json: Record<string, unknown> = {
    format: 'layers-model',
    modelTopology: {
      keras_version: '2.1.6',
      model_config: layer('Sequential', {
        name: 'two',
        layers: [
          layer('Dense', {
            name: 'a',
            units: 2,
            activation: 'relu',
            use_bias: true,
            batch_input_shape: [null, 2],
          }),
          layer('Dense', { name: 'b', units: 1, activation: 'linear', use_bias: false }),
        ],
      }),
    },
    weightsManifest: [
      {
        paths: ['shards/1.bin', 'shards/2.bin'],
        weights: [
          { name: 'a/kernel', shape: [2, 2], dtype: 'float32' },
          {
            name: 'a/bias',
            shape: [2],
            dtype: 'float32',
            quantization: { dtype: 'float16', original_dtype: 'float32' },
          },
          {
            name: 'b/kernel',
            shape: [2, 1],
            dtype: 'float32',
            quantization: { dtype: 'uint8', min: -1, scale: 0.5 },
          },
        ],
      },
    ],
  };
  change(json);
  mkdirSync(join(folder, 'shards'), { recursive: true });
  const kernel = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer);
  const rest = Buffer.from([0x00, 0x3c, 0x00, 0xc0, 6, 0]);
  // Shards cut where the file grows too large, not where a weight ends.
  writeFileSync(join(folder, 'shards/1.bin'), kernel.subarray(0, 10));
  writeFileSync(join(folder, 'shards/2.bin'), Buffer.concat([kernel.subarray(10), rest]));
  writeFileSync(join(folder, 'model.json'), JSON.stringify(json));
  return join(folder, 'model.json');
}

test('a LayersModel is read over its shards, compressed weights as the numbers they stand for', async () => {
  const graph = await readSource(tfjs(project({})));
  expect(graph.operators.map(({ kind }) => kind)).toEqual(['FULLY_CONNECTED', 'FULLY_CONNECTED']);
  const constants = graph.operators
    .flatMap(({ inputs }) => inputs.slice(1))
    .map((index) => Array.from(floatsOf(graph.tensors[index]!)!));
  // Rows are outputs: the transpose of what Keras keeps.
  expect(constants).toEqual([[1, 3, 2, 4], [1, -2], [2, -1], [0]]);
});

test('a LayersModel with a shard elsewhere, missing or short, and a GraphModel, are refused', async () => {
  const folder = project({});
  const manifest = (json: Record<string, unknown>): { paths: string[]; weights: { shape: number[] }[] } =>
    (json['weightsManifest'] as { paths: string[]; weights: { shape: number[] }[] }[])[0]!;
  const changed = (change: (json: Record<string, unknown>) => void): Promise<string> =>
    refusal(tfjs(folder, change), folder);
  expect(await changed((json) => (manifest(json).paths[0] = '../1.bin'))).toMatchInlineSnapshot(
    `"UserError: ./model.json is damaged: shard ../1.bin lies outside its folder"`,
  );
  expect(await changed((json) => (manifest(json).paths[0] = 'shards/3.bin'))).toMatchInlineSnapshot(
    `"UserError: ./shards/3.bin cannot be read"`,
  );
  expect(await changed((json) => (manifest(json).weights[2]!.shape = [9, 1]))).toMatchInlineSnapshot(
    `"UserError: ./model.json: b/kernel is damaged: the shards end at byte 22 of 29"`,
  );
  expect(await changed((json) => (json['format'] = 'graph-model'))).toMatchInlineSnapshot(
    `"UserError: ./model.json is no LayersModel of TensorFlow.js (format graph-model)"`,
  );
  writeFileSync(join(folder, 'model.json'), '{');
  expect(await refusal(join(folder, 'model.json'), folder)).toMatchInlineSnapshot(
    `"UserError: ./model.json is damaged: it is no JSON"`,
  );
});

test('a .keras that is no archive, lacks its parts, is a bomb, or is cut off is refused', async () => {
  const folder = project({});
  const path = join(folder, 'model.keras');
  const given = (bytes: Uint8Array): Promise<string> => {
    writeFileSync(path, bytes);
    return refusal(path, folder);
  };
  const whole = readFileSync(digitsFile('model.keras'));
  const entries = zipEntries(whole, 'model.keras');
  expect(await given(Buffer.from('no archive'))).toMatchInlineSnapshot(
    `"UserError: ./model.keras is damaged: it has no zip directory"`,
  );
  expect(await given(whole.subarray(0, 60_000))).toMatchInlineSnapshot(
    `"UserError: ./model.keras is damaged: it has no zip directory"`,
  );
  expect(await given(zip({ 'config.json': entries.get('config.json')! }))).toMatchInlineSnapshot(
    `"UserError: ./model.keras holds config.json, no config.json with model.weights.h5"`,
  );
  expect(
    await given(zip({ bomb: new Uint8Array(64), 'config.json': new Uint8Array(1) }, { bomb: 2 ** 31 })),
  ).toMatchInlineSnapshot(`"UserError: ./model.keras is damaged: bomb would inflate to 2147483648 bytes"`);
  expect(
    await given(
      zip({
        'config.json': entries.get('config.json')!,
        'model.weights.h5': entries.get('model.weights.h5')!.subarray(0, 30_000),
      }),
    ),
  ).toMatchInlineSnapshot(`"UserError: ./model.keras: model.weights.h5 is not a whole HDF5 file"`);
});

test('an .h5 that is cut off, and one whose architecture is missing, are refused', async () => {
  const folder = project({});
  const path = join(folder, 'model.h5');
  writeFileSync(path, readFileSync(digitsFile('model.h5')));
  truncateSync(path, 50_000);
  expect(await refusal(path, folder)).toMatchInlineSnapshot(
    `"UserError: ./model.h5 is not a whole HDF5 file"`,
  );
  // The weights of a .keras are an HDF5 file without an architecture.
  const weights = zipEntries(readFileSync(digitsFile('model.keras')), '').get('model.weights.h5')!;
  writeFileSync(path, weights);
  expect(await refusal(path, folder)).toMatchInlineSnapshot(
    `"UserError: ./model.h5 holds weights without an architecture"`,
  );
});

test('a weight that is no number is refused with its place', async () => {
  const folder = project({});
  const path = join(folder, 'model.h5');
  const bytes = Buffer.from(readFileSync(digitsFile('model.h5')));
  const kernel = floatsOf(
    (await readSource(digitsFile('model.h5'))).tensors.find(({ name }) => name === 'probs/kernel')!,
  )!;
  // Row 0 of the transpose begins with the kernel's first value.
  const first = Buffer.alloc(4);
  first.writeFloatLE(kernel[0]!);
  bytes.writeFloatLE(NaN, bytes.indexOf(first));
  writeFileSync(path, bytes);
  expect(await refusal(path, folder)).toMatchInlineSnapshot(
    `"UserError: ./model.h5: probs/probs/kernel holds NaN at index 0"`,
  );
});

test('a layer that cannot be converted is named, with its class and its place', async () => {
  const folder = project({});
  const path = tfjs(folder, (json) => {
    const { model_config: model } = json['modelTopology'] as {
      model_config: { config: { layers: { class_name: string }[] } };
    };
    model.config.layers[1]!.class_name = 'LSTM';
  });
  const [what, which] = (await refusal(path, folder)).split(', and ');
  expect([what, which]).toMatchInlineSnapshot(`
    [
      "UserError: layer b (LSTM): it is layer 3 of 3",
      "its class cannot be converted",
    ]
  `);
  await expect(readSource(path)).rejects.toMatchObject({
    hint: expect.stringContaining('Conv1D, Conv2D, Conv2DTranspose'),
  });
});

test('an activation that is none of Keras is refused, not left out', async () => {
  const folder = project({});
  const path = tfjs(folder, (json) => {
    const { model_config: model } = json['modelTopology'] as {
      model_config: { config: { layers: { config: Record<string, unknown> }[] } };
    };
    model.config.layers[1]!.config['activation'] = { class_name: 'Wave', config: {} };
  });
  expect(await refusal(path, folder)).toMatchInlineSnapshot(
    `"UserError: layer b (Dense): activation is {"class_name":"Wave","config":{}}"`,
  );
});

test('a function of Keras with a number beside its tensors is refused, not converted without it', async () => {
  const folder = project({});
  const add = (
    json: Record<string, unknown>,
    kind: string,
    args: readonly unknown[],
    module: object = { module: 'keras.src.ops.numpy' },
  ): void => {
    json['modelTopology'] = {
      class_name: 'Functional',
      config: {
        name: 'm',
        layers: [
          { class_name: 'InputLayer', name: 'in', config: { batch_shape: [null, 2], name: 'in' } },
          {
            ...module,
            class_name: kind,
            name: 'sum',
            config: { name: 'sum' },
            inbound_nodes: [{ args, kwargs: {} }],
          },
        ],
        input_layers: [['in', 0, 0]],
        output_layers: [['sum', 0, 0]],
      },
    };
  };
  const tensor = { class_name: '__keras_tensor__', config: { keras_history: ['in', 0, 0] } };
  expect([
    await refusal(
      tfjs(folder, (json) => add(json, 'Add', [tensor, 1.5])),
      folder,
    ),
    // As an .h5 has it.
    await refusal(
      tfjs(folder, (json) => add(json, 'Multiply', [2, tensor], {})),
      folder,
    ),
    await refusal(
      tfjs(folder, (json) => add(json, 'Relu', [tensor])),
      folder,
    ),
  ]).toMatchInlineSnapshot(`
    [
      "UserError: layer sum (Add): it takes 1.5 beside tensors",
      "UserError: layer sum (Multiply): it takes 2 beside tensors",
      "UserError: layer sum (Relu): it is a function of Keras, not a layer, and cannot be converted",
    ]
  `);
  const both = await readSource(tfjs(folder, (json) => add(json, 'Add', [tensor, tensor])));
  expect(both.operators.map(({ kind }) => kind)).toEqual(['ADD']);
});
