import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { digitsFile } from './digits.ts';
import { project } from '../project.ts';
import { run } from '../cli/run.ts';

const src = fileURLToPath(new URL('../../src/', import.meta.url));
const saved = fileURLToPath(new URL('../tfjs/digits-cnn-saved-model', import.meta.url));

/** Ask for the backend, in a project of these files. */
async function ask(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<object> {
  const folder = project(files);
  // Folders that a failed install leaves behind.
  mkdirSync(join(folder, 'left', 'node_modules', '@tensorflow', 'tfjs-node'), { recursive: true });
  const argv = ['model', 'run', saved, '--input', digitsFile('test.npz')];
  const { status, stderr } = await run(folder, argv, { env });
  return { status, stderr: stderr.replaceAll(folder, 'PROJECT') };
}

const MAIN = 'node_modules/@tensorflow/tfjs-node/index.js';

test('asked for and absent, the backend is named with the command that installs it', async () => {
  expect(await ask({})).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[BACKEND]: running a SavedModel needs @tensorflow/tfjs-node, which is not installed in PROJECT or Breakwater's own folder
      fix: npm install --save-dev @tensorflow/tfjs-node@^4.22.0, or name a folder that has it in BREAKWATER_TFJS
    ",
    }
  `);
});

test('a folder that BREAKWATER_TFJS names is the only place then, and what an install left behind is no package', async () => {
  expect(await ask({}, { BREAKWATER_TFJS: 'left' })).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[BACKEND]: running a SavedModel needs @tensorflow/tfjs-node, which is not installed in left, which BREAKWATER_TFJS names
      fix: npm install @tensorflow/tfjs-node@^4.22.0 there, or correct BREAKWATER_TFJS
    ",
    }
  `);
});

test('one that was installed without its script is told from one that is absent', async () => {
  const files = { [MAIN]: `throw new Error('the addon cannot be found\\nat path …');` };
  expect(await ask(files)).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[BACKEND]: running a SavedModel needs @tensorflow/tfjs-node, which is installed and does not load: the addon cannot be found
      fix: let its install script run (npm rebuild @tensorflow/tfjs-node), or name a folder where it loads in BREAKWATER_TFJS
    ",
    }
  `);
});

test('whatever it throws is caught', async () => {
  expect(await ask({ [MAIN]: `throw 'a word';` })).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[BACKEND]: running a SavedModel needs @tensorflow/tfjs-node, which is installed and does not load: a word
      fix: let its install script run (npm rebuild @tensorflow/tfjs-node), or name a folder where it loads in BREAKWATER_TFJS
    ",
    }
  `);
});

test('one that computes without TensorFlow is refused', async () => {
  expect(await ask({ [MAIN]: `exports.getBackend = () => 'cpu';` })).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[BACKEND]: running a SavedModel needs @tensorflow/tfjs-node, which is installed and does not load: its backend is cpu, not tensorflow
      fix: let its install script run (npm rebuild @tensorflow/tfjs-node), or name a folder where it loads in BREAKWATER_TFJS
    ",
    }
  `);
});

test('no other part of the product loads it', () => {
  const naming = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('dev/'))
    .filter((file) =>
      /(?:import|require|resolve)\([^)]*tensorflow|from '@tensorflow/.test(
        readFileSync(join(src, file), 'utf8'),
      ),
    );
  expect(naming).toEqual([]);
  const loading = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/^(?:dev|model\/backend)\//.test(file))
    .filter((file) => readFileSync(join(src, file), 'utf8').includes('loadTfjs'));
  expect(loading).toEqual(['model/train/make-trained.ts']);
});
