import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fleetWith } from './fleet-with-model.ts';
import { run } from './run.ts';

test('a model whose definition says nothing of training cannot be trained', async () => {
  const folder = fleetWith();
  expect(await run(folder, ['train', 'digits'])).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[TRAINING]: the definition of digits does not say how its network is trained
      fix: add training to it, or name another
    ",
      "stdout": "",
    }
  `);
  expect(await run(folder, ['train'])).toMatchInlineSnapshot(`
    {
      "status": 0,
      "stderr": "no definition says how its network is trained: there is nothing to train
    ",
      "stdout": "",
    }
  `);
});

test('without the backend nothing is trained, and what is missing is named', async () => {
  const folder = fleetWith(
    "source: 'trained.h5', training: { from: 'model.h5', data: 'test.npz', tune: { epochs: 1 } },",
  );
  const { status, stderr } = await run(folder, ['train'], { env: { BREAKWATER_TFJS: folder } });
  expect({ status, stderr: stderr.replaceAll(folder, 'PROJECT') }).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[BACKEND]: training needs @tensorflow/tfjs-node, which is not installed in PROJECT, which BREAKWATER_TFJS names
      fix: npm install @tensorflow/tfjs-node@^4.22.0 there, or correct BREAKWATER_TFJS
    ",
    }
  `);
  expect(await run(folder, ['build'])).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[TRAINING]: trained.h5 is not what the training of digits makes: it has no trained.h5.lock.json
      fix: run breakwater train digits, and commit trained.h5 with trained.h5.lock.json
    ",
      "stdout": "",
    }
  `);
});

test('without the backend no SavedModel is run, and the command that installs it is named', async () => {
  const saved = fileURLToPath(new URL('../tfjs/digits-cnn-saved-model', import.meta.url));
  const folder = fleetWith();
  const argv = ['model', 'run', saved, '--input', 'fleets/test.npz'];
  const { status, stderr } = await run(folder, argv, { env: {} });
  expect({ status, stderr: stderr.replaceAll(folder, 'PROJECT') }).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[BACKEND]: running a SavedModel needs @tensorflow/tfjs-node, which is not installed in PROJECT or Breakwater's own folder
      fix: npm install --save-dev @tensorflow/tfjs-node@^4.22.0, or name a folder that has it in BREAKWATER_TFJS
    ",
    }
  `);
});

test('a definition that asks for what cannot be is refused with the value', async () => {
  const folder = fleetWith(
    "training: { from: 'model.h5', data: 'test.npz', prune: { channels: 1 }, tune: { epoch: 1 } },",
  );
  const { status, stderr } = await run(folder, ['train']);
  expect({ status, stderr }).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[FLEET_SCHEMA]: fleets/shop.ts is not a fleet definition:
      /models/digits/training/prune/channels is 1, expected less than 1
      /models/digits/training/tune has the unknown property "epoch": did you mean "epochs"?
      fix: correct the values; \`breakwater schema\` prints all that a definition may hold
    ",
    }
  `);
});
