import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GraphBuilder } from '../../src/model/graph-builder.ts';
import { loadLiteRt } from '../../src/model/runtime/litert.ts';
import { digitsSamples } from '../model/digits.ts';
import { digitsModel, modelFolder, place } from './models.ts';
import { serving } from './serving.ts';

const folder = modelFolder();
const int8 = await digitsModel('int8');
const path = place(folder, 'digits', '1', int8);
const samples = digitsSamples('test.npz');

/** A picture as nested lists, 8 × 8 × 1. */
const picture = (values: Float32Array): number[][][] =>
  Array.from({ length: 8 }, (_, y) => Array.from({ length: 8 }, (__, x) => [values[8 * y + x]!]));

/** What LiteRT itself answers. */
async function expected(model: Uint8Array, input: Uint8Array): Promise<Uint8Array> {
  const loaded = await (await loadLiteRt()).load(model);
  const [output] = await loaded.run([input]);
  loaded.dispose();
  return output!;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

test('says that it is loaded, and what it takes, as TensorFlow Serving does', async () => {
  const { get, stderr } = await serving(path);
  expect(stderr().replace(/:\d+\//, ':PORT/')).toBe(
    'serving digits version 1 at http://127.0.0.1:PORT/v1/models/digits\n',
  );
  const status = await get('/v1/models/digits');
  expect(status.status).toBe(200);
  expect(status.text).toMatchInlineSnapshot(`
    "{
     "model_version_status": [
      {
       "version": "1",
       "state": "AVAILABLE",
       "status": {
        "error_code": "OK",
        "error_message": ""
       }
      }
     ]
    }
    "
  `);
  expect(await get('/v1/models/digits/versions/1')).toEqual(status);
  const metadata = await get('/v1/models/digits/metadata');
  expect(JSON.parse(metadata.text)).toMatchInlineSnapshot(`
    {
      "metadata": {
        "signature_def": {
          "signature_def": {
            "serving_default": {
              "inputs": {
                "image": {
                  "dtype": "DT_FLOAT",
                  "name": "image",
                  "tensor_shape": {
                    "dim": [
                      {
                        "name": "",
                        "size": "-1",
                      },
                      {
                        "name": "",
                        "size": "8",
                      },
                      {
                        "name": "",
                        "size": "8",
                      },
                      {
                        "name": "",
                        "size": "1",
                      },
                    ],
                    "unknown_rank": false,
                  },
                },
              },
              "method_name": "tensorflow/serving/predict",
              "outputs": {
                "probs/softmax": {
                  "dtype": "DT_FLOAT",
                  "name": "probs/softmax",
                  "tensor_shape": {
                    "dim": [
                      {
                        "name": "",
                        "size": "-1",
                      },
                      {
                        "name": "",
                        "size": "10",
                      },
                    ],
                    "unknown_rank": false,
                  },
                },
              },
            },
          },
        },
      },
      "model_spec": {
        "name": "digits",
        "signature_name": "",
        "version": "1",
      },
    }
  `);
});

test('predicts rows and columns with the very bits of LiteRT', async () => {
  const { post } = await serving(path);
  const some = samples.slice(0, 20);
  const wanted = await Promise.all(some.map((sample) => expected(int8, bytesOf(sample))));
  const row = await post('/v1/models/digits:predict', { instances: some.map(picture) });
  const column = await post('/v1/models/digits/versions/1:predict', {
    signature_name: 'serving_default',
    inputs: { image: some.map(picture) },
  });
  const { predictions } = JSON.parse(row.text) as { predictions: number[][] };
  const { outputs } = JSON.parse(column.text) as { outputs: number[][] };
  expect(predictions.map((values) => bytesOf(Float32Array.from(values)))).toEqual(wanted);
  expect(outputs).toEqual(predictions);
});

test('takes and gives the codes of a model with int8 endings', async () => {
  const model = await digitsModel('int8', 'int8');
  const { post } = await serving(place(folder, 'codes', '1', model));
  const codes = Int8Array.from({ length: 64 }, (_, index) => ((index * 37) % 256) - 128);
  const { text } = await post('/v1/models/codes:predict', {
    instances: [
      Array.from({ length: 8 }, (_, y) => [...codes.subarray(8 * y, 8 * y + 8)].map((code) => [code])),
    ],
  });
  const { predictions } = JSON.parse(text) as { predictions: number[][] };
  expect(bytesOf(Int8Array.from(predictions[0]!))).toEqual(await expected(model, bytesOf(codes)));
});

test('several inputs and outputs go by their names', async () => {
  const graph = new GraphBuilder();
  const [a, b] = ['a', 'b'].map((name) => graph.tensor({ name, shape: [1, 3], type: 'float32' })) as [
    number,
    number,
  ];
  const sum = graph.operator('ADD', 'sum', [a, b], [1, 3]);
  const difference = graph.operator('SUB', 'difference', [a, b], [1, 3]);
  const { post } = await serving(place(folder, 'two', '1', graph.graph([a, b], [sum, difference])));
  const row = await post('/v1/models/two:predict', {
    instances: [
      { a: [1, 2, 3], b: [0.5, 0.5, 0.5] },
      { b: [1, 1, 1], a: [1, 1, 1] },
    ],
  });
  expect(row.text).toMatchInlineSnapshot(`
    "{
        "predictions": [{"sum": [1.5, 2.5, 3.5], "difference": [0.5, 1.5, 2.5]}, {"sum": [2.0, 2.0, 2.0], "difference": [0.0, 0.0, 0.0]}
        ]
    }"
  `);
  const column = await post('/v1/models/two:predict', { inputs: { a: [[1, 2, 3]], b: [[1, 1, 1]] } });
  expect(column.text).toMatchInlineSnapshot(`
    "{
        "outputs": {"sum": [[2.0, 3.0, 4.0]], "difference": [[0.0, 1.0, 2.0]]}
    }"
  `);
  expect(
    (
      await post('/v1/models/two:predict', {
        inputs: {
          a: [[1, 2, 3]],
          b: [
            [1, 1, 1],
            [2, 2, 2],
          ],
        },
      })
    ).text,
  ).toBe('{ "error": "inputs differ in their first dimension: 1, 2" }');
});

test('a model whose batch is four runs on any number of rows', async () => {
  const graph = new GraphBuilder();
  const x = graph.tensor({ name: 'x', shape: [4, 2], type: 'float32' });
  const one = graph.constant('one', [2], Float32Array.of(1, 10));
  const model = graph.graph([x], [graph.operator('ADD', 'y', [x, one], [4, 2])]);
  const { post } = await serving(place(folder, 'four', '1', model));
  for (const count of [1, 3, 4, 9]) {
    const instances = Array.from({ length: count }, (_, index) => [index, 2 * index]);
    const { text } = await post('/v1/models/four:predict', { instances });
    expect(JSON.parse(text)).toEqual({ predictions: instances.map(([p = 0, q = 0]) => [p + 1, q + 10]) });
  }
});

test('an answer that would fill the memory is refused before the model runs', async () => {
  const graph = new GraphBuilder();
  const x = graph.tensor({ name: 'x', shape: [1, 1], type: 'float32' });
  const wide = graph.constant('wide', [1000], new Float32Array(1000));
  const model = graph.graph([x], [graph.operator('ADD', 'y', [x, wide], [1, 1000])]);
  const { post } = await serving(place(folder, 'wide', '1', model));
  const { status, text } = await post('/v1/models/wide:predict', {
    inputs: Array.from({ length: 501 }, () => [1]),
  });
  expect({ status, text }).toEqual({
    status: 413,
    text: '{ "error": "the request has more than the 500 instances that an answer can hold" }',
  });
});

test('the highest version in a folder is served, by number and not by letter', async () => {
  const model = await digitsModel('none');
  for (const version of ['2', '10', 'not-one']) place(folder, 'many', version, model);
  const { get } = await serving(join(folder, 'many'), '--name', 'renamed');
  expect((await get('/v1/models/renamed/versions/10')).status).toBe(200);
  expect((await get('/v1/models/renamed/versions/2')).status).toBe(404);
});
