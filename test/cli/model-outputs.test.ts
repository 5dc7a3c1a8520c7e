import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { digitsFile } from '../model/digits.ts';
import { project } from '../project.ts';
import { run } from './run.ts';

function folderWith(...files: readonly string[]): string {
  const folder = project({});
  for (const file of files) copyFileSync(digitsFile(file), join(folder, file));
  return folder;
}

test('two formats of one network make the same of samples', async () => {
  const folder = folderWith('model.h5', 'model.keras', 'test.npz');
  const { status, stdout } = await run(folder, [
    'model',
    'diff',
    'model.h5',
    'model.keras',
    '--input',
    'test.npz',
  ]);
  expect({ status, stdout }).toMatchInlineSnapshot(`
    {
      "status": 0,
      "stdout": "model.h5 and model.keras on the same samples
      output         samples  farthest apart  signal to noise  same place largest
      probs/softmax      597         nowhere        all equal            100.00 %
    ",
    }
  `);
});

test('a quantized network differs, and it is told by how much', async () => {
  const folder = folderWith('model.h5', 'calibration.npz', 'test.npz');
  await run(folder, [
    'model',
    'convert',
    'model.h5',
    '-o',
    'int8.tflite',
    '--calibration',
    'calibration.npz',
  ]);
  const { status, stdout } = await run(folder, [
    'model',
    'diff',
    'model.h5',
    'int8.tflite',
    '--input',
    'test.npz',
  ]);
  expect({ status, stdout }).toMatchInlineSnapshot(`
    {
      "status": 1,
      "stdout": "model.h5 and int8.tflite on the same samples
      output         samples      farthest apart  signal to noise  same place largest
      probs/softmax      597  0.020 of the range          46.9 dB            100.00 %
    ",
    }
  `);
});

test('outputs that are written are the samples of another run', async () => {
  const folder = folderWith('model.h5', 'test.npz');
  expect(
    (await run(folder, ['model', 'run', 'model.h5', '--input', 'test.npz', '-o', 'out.npz'])).status,
  ).toBe(0);
  const { status, stderr } = await run(folder, ['model', 'run', 'model.h5', '--input', 'out.npz']);
  expect({ status, stderr }).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[CALIBRATION]: the array for input image in out.npz has the shape [597, 10], it takes [n, 8, 8, 1]
      fix: give one sample for each index of the first dimension, in the shape of the input
    ",
    }
  `);
});

async function int8(): Promise<string> {
  const folder = folderWith('model.h5', 'calibration.npz', 'test.npz');
  const convert = ['model', 'convert', 'model.h5', '-o', 'int8.tflite', '--calibration', 'calibration.npz'];
  expect((await run(folder, convert)).status).toBe(0);
  return folder;
}

const RUN = ['model', 'run', 'int8.tflite', '--input', 'test.npz', '--format', 'json'];

test('the reference kernels make the same of an int8 network as LiteRT', async () => {
  const folder = await int8();
  const liteRt = await run(folder, RUN);
  expect(await run(folder, [...RUN, '--runtime', 'reference'])).toEqual(liteRt);
});

test('a Node without WebAssembly runs networks on the reference kernels, and says so', async () => {
  const folder = await int8();
  const bin = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));
  const without = (...argv: readonly string[]): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, ['--no-expose-wasm', bin, ...argv], { cwd: folder, encoding: 'utf8' });
  const { status, stdout, stderr } = without(...RUN);
  expect({ status, stdout }).toEqual({ status: 0, stdout: (await run(folder, RUN)).stdout });
  expect(stderr).toMatchInlineSnapshot(`
    "warning: LiteRT does not start on this Node: WebAssembly is not defined
      the reference kernels stand in: the same codes, up to two hundred times as slow
    "
  `);
  expect(without(...RUN, '--runtime', 'litert').stderr).toMatchInlineSnapshot(`
    "error[RUNTIME]: LiteRT does not start on this Node: WebAssembly is not defined
      fix: run Node with WebAssembly (without --jitless) and without a limit on its address space; model run needs neither with --runtime reference
    "
  `);
}, 30_000);
