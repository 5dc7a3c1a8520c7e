import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { nodeLines } from '../../src/dev/node-lines.ts';
import { readSource } from '../../src/model/convert.ts';
import { readNpz } from '../../src/model/npz.ts';
import { runAll } from '../../src/model/run.ts';
import { readTflite } from '../../src/model/tflite/read.ts';
import { initialize } from '../../src/model/train/initialize.ts';
import { writeKerasH5 } from '../../src/model/train/write-h5.ts';
import { run, type Ran } from '../cli/run.ts';
import { digitsFile, digitsSamples } from '../model/digits.ts';
import { chain, layer } from '../model/train/example-network.ts';
import { project } from '../project.ts';
import { describeTfjs, places } from './tfjs-test.ts';

const saved = fileURLToPath(new URL('digits-cnn-saved-model', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

const command = ['model', 'run', saved, '--input', digitsFile('calibration.npz'), '--format', 'json'];

const breakwater = (...argv: readonly string[]): Promise<Ran> => run(root, argv, { env: places.env });

interface Report {
  readonly outputs: readonly { readonly name: string; readonly values: readonly (readonly number[])[] }[];
}

const valuesOf = (stdout: string): readonly (readonly number[])[] =>
  (JSON.parse(stdout) as Report).outputs[0]!.values;

function farthest(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  expect(a).toHaveLength(b.length);
  return Math.max(
    ...a.map((run, sample) => Math.max(...Array.from(run, (value, at) => Math.abs(value - b[sample]![at]!)))),
  );
}

describeTfjs('a SavedModel', () => {
  test('TensorFlow and the runtime of devices come to the same from one network', async () => {
    const { status, stdout, stderr } = await breakwater(...command);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const samples = digitsSamples('calibration.npz').map((values) => [values]);
    const read = await runAll(await readSource(digitsFile('model.h5')), samples);
    expect(farthest(valuesOf(stdout), read)).toBeLessThan(1e-6);
  });

  test.each(nodeLines().map(({ version, binary }) => [version, binary] as const))(
    'it runs on Node %s',
    (_version, binary) => {
      const stdout = execFileSync(binary, [join(root, 'dist/cli/bin.js'), ...command], {
        cwd: project({}),
        env: { ...process.env, ...places.env },
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      });
      expect(valuesOf(stdout)).toHaveLength(200);
    },
  );

  test('it is compared with a network by what both make of samples', async () => {
    const argv = ['model', 'diff', saved, digitsFile('model.h5'), '--input', digitsFile('calibration.npz')];
    const { status, stdout } = await breakwater(...argv, '--format', 'json');
    const { outputs } = JSON.parse(stdout) as { outputs: readonly { agreement: number; farthest: number }[] };
    expect(status).toBe(0);
    expect(outputs[0]!.agreement).toBe(1);
    expect(outputs[0]!.farthest).toBeLessThan(1e-6);
  });

  test('what it makes can calibrate a network that comes after it', async () => {
    const folder = project({});
    const input = ['--input', digitsFile('calibration.npz')];
    const ran = await run(folder, ['model', 'run', saved, ...input, '-o', 'features.npz'], {
      env: places.env,
    });
    expect(ran.status).toBe(0);
    const { x } = readNpz(readFileSync(join(folder, 'features.npz')), 'features.npz');
    expect(x!.shape).toEqual([200, 10]);
    expect(Array.from(x!.values.slice(0, 10)).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    writeFileSync(join(folder, 'next.h5'), await writeKerasH5(initialize(next, 1)));
    const convert = ['model', 'convert', 'next.h5', '--recipe', 'int8', '--io', 'int8'];
    const { stderr } = await run(folder, [...convert, '--calibration', 'features.npz', '-o', 'next.tflite']);
    expect(stderr).toBe('');
    const { tensors, inputs } = readTflite(readFileSync(join(folder, 'next.tflite')));
    const [largest] = x!.values.toSorted((a, b) => b - a);
    expect(tensors[inputs[0]!]!.quantization!.scale[0]).toBeCloseTo(largest! / 255, 4);
  });

  test('what it is given must fit its signature', async () => {
    const input = wrongShape();
    const { status, stderr } = await breakwater('model', 'run', saved, '--input', input);
    expect({ status, stderr: stderr.replaceAll(input, 'x.npy') }).toMatchInlineSnapshot(`
      {
        "status": 2,
        "stderr": "error[CALIBRATION]: the array for input image in x.npy has the shape [1, 3], it takes [n, 8, 8, 1]
        fix: give one sample for each index of the first dimension, in the shape of the input
      ",
      }
    `);
  });

  test('one that is damaged is refused with the reason of TensorFlow', async () => {
    const folder = project({});
    cpSync(saved, folder, { recursive: true });
    writeFileSync(join(folder, 'saved_model.pb'), 'no protocol buffer');
    const { status, stderr } = await breakwater('model', 'run', folder, ...command.slice(3));
    expect({ status, stderr: stderr.replaceAll(folder, 'FOLDER') }).toMatchInlineSnapshot(`
      {
        "status": 2,
        "stderr": "error[MODEL_DAMAGED]: FOLDER is not a SavedModel that TensorFlow can load: Failure: Invalid wire type: %s (at position %s)
        fix: export the model again, or copy the whole folder again
      ",
      }
    `);
  });

  test('it cannot be converted, and the message says what can', async () => {
    const { status, stderr } = await breakwater(
      'model',
      'convert',
      saved,
      '-o',
      '/dev/null',
      '--recipe',
      'none',
    );
    expect({ status, stderr: stderr.replaceAll(saved, 'FOLDER') }).toMatchInlineSnapshot(`
      {
        "status": 2,
        "stderr": "error[MODEL_UNSUPPORTED]: FOLDER is a SavedModel, which can be run and compared, not converted
        fix: save the network that it was exported from as .keras or .h5
      ",
      }
    `);
  });
});

/** Takes what digits-cnn makes. */
const next = chain('next', [
  layer('InputLayer', 'features', [], { batch_input_shape: [null, 10] }),
  layer('Dense', 'parity', ['features'], { units: 2, activation: 'softmax' }, { kernel: [10, 2], bias: [2] }),
]);

/** A `.npy` of one sample of 3 values. */
function wrongShape(): string {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }".padEnd(117) + '\n';
  const file = join(project({}), 'x.npy');
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  writeFileSync(file, Buffer.concat([start, Buffer.from(header), Buffer.alloc(12)]));
  return file;
}
