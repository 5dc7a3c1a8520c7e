import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTflite } from '../../src/model/tflite/read.ts';
import { digitsFile } from '../model/digits.ts';
import { project } from '../project.ts';
import { unmeasured } from './fleet-with-model.ts';
import { run, type Ran } from './run.ts';

/** What a run printed, without what zlib makes of a file: its versions differ. */
const unpacked = ({ stdout, ...ran }: Ran): Ran => ({
  ...ran,
  stdout: stdout.replace(/\([\d,]+ as gzip\)/, '(BYTES as gzip)'),
});

/** A folder with digits-cnn and its data. */
function folderWith(...files: readonly string[]): string {
  const folder = project({});
  for (const file of files) copyFileSync(digitsFile(file), join(folder, file));
  return folder;
}

test('a network is converted, inspected, run and compared without a definition', async () => {
  const folder = folderWith('model.h5', 'calibration.npz', 'test.npz');
  const convert = ['model', 'convert', 'model.h5', '--calibration', 'calibration.npz'];
  expect(unmeasured(await run(folder, [...convert, '-o', 'int8.tflite', '--io', 'int8'])))
    .toMatchInlineSnapshot(`
      {
        "status": 0,
        "stderr": "",
        "stdout": "int8.tflite: int8, 10,080 bytes (as floats 26,224)
        PASS         parity: layer by layer and fused differ by 2.8e-8 of the range, 1e-4 allowed
        PASS         size: 10,080 bytes, no budget declared; the largest layer, conv2/relu, 4,736
        PASS         memory: 166 KiB at peak (activations 2 KiB + packed weights 8 KiB + windows 7 KiB + tables 142 KiB, and 6 %), 65 KiB in WebAssembly, no budget declared
        PASS         runtime: needs TensorFlow Lite 2.17 for FULLY_CONNECTED with a scale for each row, no runtime declared
        PASS         saturation: at most 0.00 % of values beyond their range (relu1/relu), 1 % allowed; at least 85 of 256 codes used (probs)
        PASS         divergence: signal to quantization noise 48.9 dB, 20 wanted; same class on 100.00 % of 200 samples, 99 % wanted; noisiest conv2/relu 38.8 dB, pool2 39.9 dB, flat 39.9 dB; most of it is made in conv2/relu, from 44.5 dB to 38.8 dB
        INSUFFICIENT accuracy: there is no labelled data
      ",
      }
    `);
  expect(unpacked(await run(folder, ['model', 'inspect', 'int8.tflite']))).toMatchInlineSnapshot(`
    {
      "status": 0,
      "stderr": "",
      "stdout": "int8.tflite: 10,080 bytes (BYTES as gzip), 6,092 parameters
      in   image int8 [n, 8, 8, 1] × 0.003921568859368563 from -128
      out  probs/softmax int8 [n, 10] × 0.00390625 from -128
      arena 1,344 bytes, one interpreter at its peak 169,771 bytes, in WebAssembly 65,695
      operator         version  makes          of                  constants  alive  memory over time
      CONV_2D                3  relu1/relu     int8 [1, 8, 8, 16]        208  1,088  ████████████████
      MAX_POOL_2D            2  pool1          int8 [1, 4, 4, 16]          0  1,344  ████████████████████
      CONV_2D                3  conv2/relu     int8 [1, 4, 4, 32]      4,736    832  ████████████
      MAX_POOL_2D            2  pool2          int8 [1, 2, 2, 32]          0    704  ██████████
      RESHAPE                1  flat           int8 [1, 128]               8    320  █████
      FULLY_CONNECTED        4  probs          int8 [1, 10]            1,320    256  ████
      SOFTMAX                2  probs/softmax  int8 [1, 10]                0    192  ███
    ",
    }
  `);
  const ran = await run(folder, ['model', 'run', 'int8.tflite', '--input', 'test.npz', '--format', 'json']);
  const { outputs } = JSON.parse(ran.stdout) as { outputs: { values: number[][] }[] };
  expect(outputs[0]!.values).toHaveLength(597);
  expect((await run(folder, ['model', 'run', 'int8.tflite', '--input', 'test.npz'])).stdout.split('\n', 3))
    .toMatchInlineSnapshot(`
    [
      "probs/softmax [1, 10]",
      "  sample  values                                                                        largest at",
      "       0  0.003906 0.000 0.9961 0.000 0.000 0.000 0.000 0.000 0.000 0.000                        2",
    ]
  `);
  await run(folder, [...convert, '-o', 'dynamic.tflite', '--recipe', 'dynamic']);
  const same = await run(folder, ['model', 'diff', 'int8.tflite', 'int8.tflite']);
  expect(same).toMatchInlineSnapshot(`
    {
      "status": 0,
      "stderr": "",
      "stdout": "int8.tflite and int8.tflite are the same network
    ",
    }
  `);
  const diff = await run(folder, ['model', 'diff', 'int8.tflite', 'dynamic.tflite']);
  expect(diff.status).toBe(1);
  expect(diff.stdout).toMatchInlineSnapshot(`
    "bytes
      - 10080
      + 9184
    bytes of the arena
      - 1344
      + 5376
    inputs
      - [{"name":"image","type":"int8","shape":[-1,8,8,1],"scale":0.003921568859368563,"zeroPoint":-128}]
      + [{"name":"image","type":"float32","shape":[-1,8,8,1]}]
    outputs
      - [{"name":"probs/softmax","type":"int8","shape":[-1,10],"scale":0.00390625,"zeroPoint":-128}]
      + [{"name":"probs/softmax","type":"float32","shape":[-1,10]}]
    1 CONV_2D: output
      - int8 [1, 8, 8, 16] × 0.023801259696483612 from -128
      + float32 [1, 8, 8, 16]
    1 CONV_2D: constant 1
      - int8 [16, 3, 3, 1] 16 scales from 0.01315312460064888
      + float32 [16, 3, 3, 1]
    1 CONV_2D: constant 2
      - int32 [16] 16 scales from 0.00005158088242751546
      + float32 [16]
    2 MAX_POOL_2D: output
      - int8 [1, 4, 4, 16] × 0.023801259696483612 from -128
      + float32 [1, 4, 4, 16]
    3 CONV_2D: output
      - int8 [1, 4, 4, 32] × 0.03190517798066139 from -128
      + float32 [1, 4, 4, 32]
    3 CONV_2D: constant 2
      - int32 [32] 32 scales from 0.000060020058299414814
      + float32 [32]
    4 MAX_POOL_2D: output
      - int8 [1, 2, 2, 32] × 0.03190517798066139 from -128
      + float32 [1, 2, 2, 32]
    5 RESHAPE: output
      - int8 [1, 128] × 0.03190517798066139 from -128
      + float32 [1, 128]
    6 FULLY_CONNECTED: output
      - int8 [1, 10] × 0.17042718827724457 from 0
      + float32 [1, 10]
    6 FULLY_CONNECTED: constant 2
      - int32 [10] 10 scales from 0.00011673453991534188
      + float32 [10]
    7 SOFTMAX: output
      - int8 [1, 10] × 0.00390625 from -128
      + float32 [1, 10]
    "
  `);
});

test('flags keep a layer float, and say what a recipe has no use for', async () => {
  const folder = folderWith('model.h5', 'calibration.npz');
  const convert = ['model', 'convert', 'model.h5', '--calibration', 'calibration.npz', '-o', 'out.tflite'];
  const flags = ['--layer', 'conv2*=float', '--layer', 'probs=int16x8', '--observer', 'percentile'];
  expect((await run(folder, [...convert, ...flags, '--dense', 'whole', '--correct-bias'])).status).toBe(0);
  const { operators, tensors } = readTflite(readFileSync(join(folder, 'out.tflite')));
  expect(operators.map(({ kind, outputs }) => `${kind} ${tensors[outputs[0]!]!.type}`))
    .toMatchInlineSnapshot(`
    [
      "QUANTIZE int8",
      "CONV_2D int8",
      "MAX_POOL_2D int8",
      "DEQUANTIZE float32",
      "CONV_2D float32",
      "QUANTIZE int8",
      "MAX_POOL_2D int8",
      "RESHAPE int8",
      "QUANTIZE int16",
      "FULLY_CONNECTED int16",
      "QUANTIZE int8",
      "SOFTMAX int8",
      "DEQUANTIZE float32",
    ]
  `);
  expect(await run(folder, [...convert, '--recipe', 'dynamic', '--equalize'])).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[MODEL_UNSUPPORTED]: the recipe dynamic quantizes no activations, so that equalize has no meaning
      fix: leave equalize out, or use the recipe int8 or int16x8
    ",
      "stdout": "",
    }
  `);
  expect(await run(folder, [...convert, '--layer', 'conv9=float'])).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[MODEL_UNSUPPORTED]: no layer of the network makes "conv9"; they make relu1/relu, pool1, conv2/relu, pool2, flat, probs, probs/softmax
      fix: name one of these, with * for any characters
    ",
      "stdout": "",
    }
  `);
  expect(await run(folder, [...convert, '--layer', 'conv2=int4'])).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[FLAG]: option '--layer <pattern=type>' argument 'conv2=int4' is invalid. write a pattern, = and one of int8, int16x8, float
      fix: see --help
    ",
      "stdout": "",
    }
  `);
});

test('two trainings of one architecture differ in their constants', async () => {
  const folder = folderWith('model.h5');
  await run(folder, ['model', 'convert', 'model.h5', '-o', 'a.tflite', '--recipe', 'none']);
  const bytes = new Uint8Array(readFileSync(join(folder, 'a.tflite')));
  // Constants are views into the file.
  readTflite(bytes).tensors.find(({ name }) => name === 'conv1/kernel')!.data![0]! ^= 1;
  writeFileSync(join(folder, 'b.tflite'), bytes);
  const { status, stdout } = await run(folder, ['model', 'diff', 'a.tflite', 'b.tflite']);
  expect(status).toBe(1);
  expect(stdout).toMatchInlineSnapshot(`
    "1 CONV_2D: constant 1
      - as it was
      + 1 bytes differ
    "
  `);
});

test('int8 without typical inputs, a file of another kind and one that is cut off are refused', async () => {
  const folder = folderWith('model.h5', 'test.npz');
  const refusal = async (...argv: readonly string[]): Promise<string> => {
    const { status, stderr } = await run(folder, ['model', ...argv]);
    expect(status).toBe(2);
    return stderr.replaceAll(folder, '.');
  };
  expect(await refusal('convert', 'model.h5', '-o', 'x.tflite')).toMatchInlineSnapshot(`
    "error[CALIBRATION]: the recipe int8 needs typical inputs
      fix: give --calibration, or --recipe dynamic, which needs none
    "
  `);
  expect(await refusal('inspect', 'test.npz')).toMatchInlineSnapshot(`
    "error[MODEL_UNSUPPORTED]: ./test.npz is of a kind that cannot be read
      fix: give a Keras .h5 or .keras, the model.json of a LayersModel, or a float .tflite
    "
  `);
  expect(await refusal('inspect', 'missing.tflite')).toMatchInlineSnapshot(`
    "error[FILE_READ]: ./missing.tflite cannot be read
      fix: correct the path, or fetch the file
    "
  `);
  truncateSync(join(folder, 'model.h5'), 50_000);
  expect(await refusal('inspect', 'model.h5')).toMatchInlineSnapshot(`
    "error[MODEL_DAMAGED]: ./model.h5 is not a whole HDF5 file
      fix: export the model again, or fetch it again
    "
  `);
  writeFileSync(join(folder, 'x.tflite'), 'no model');
  expect(await refusal('run', 'x.tflite', '--input', 'test.npz')).toMatchInlineSnapshot(`
    "error[MODEL_DAMAGED]: the file is damaged: it does not carry the identifier TFL3
      fix: export the model again, or fetch it again
    "
  `);
});
