import { expect, test } from 'vitest';
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
