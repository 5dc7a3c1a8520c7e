import { expect, test } from 'vitest';
import { run } from '../cli/run.ts';
import { digitsFile } from '../model/digits.ts';
import { digitsModel, modelFolder, place } from './models.ts';
import { serving } from './serving.ts';

const folder = modelFolder();
const int8 = await digitsModel('int8');
const path = place(folder, 'digits', '1', int8);

test.each([
  [
    ['/nowhere'],
    2,
    'error[FILE_READ]: /nowhere is not there\n  fix: name a .tflite, or a folder <name>/<version>/model.tflite\n',
  ],
  [
    [digitsFile('model.h5')],
    2,
    `error[MODEL_UNSUPPORTED]: ${digitsFile('model.h5')} is no .tflite\n  fix: convert it first: breakwater model convert FILE -o model.tflite\n`,
  ],
  [[path, '--port', 'x'], 2, 'error[FLAG]: --port x is no whole number from 0 to 65535\n  fix: see --help\n'],
  [[path, '--metrics', 'm'], 2, 'error[FLAG]: --metrics m is no path\n  fix: begin it with /\n'],
])('says what is wrong with %s', async (argv, status, stderr) => {
  expect(await run('/', ['model', 'serve', ...argv])).toEqual({ status, stdout: '', stderr });
});

test('a file that is no model, or half of one, is refused', async () => {
  for (const [name, bytes] of [
    ['text', Buffer.from('not a model')],
    ['half', int8.subarray(0, int8.length >> 1)],
  ] as const) {
    const { status, stderr } = await run('/', ['model', 'serve', place(folder, name, '1', bytes)]);
    expect(status).toBe(2);
    expect(stderr).toContain(
      `error[MODEL_DAMAGED]: ${folder}/${name}/1/model.tflite is no model that LiteRT runs`,
    );
  }
});

test('a port that is taken is said to be', async () => {
  const { url } = await serving(path);
  const { port } = new URL(url);
  expect(await run('/', ['model', 'serve', path, '--port', port])).toEqual({
    status: 2,
    stdout: '',
    stderr: `error[LISTEN]: 127.0.0.1:${port} cannot be listened on: EADDRINUSE\n  fix: choose another --port, or end what listens there\n`,
  });
});
