import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modelGates } from '../../src/model/gates/index.ts';
import { fleetWith, unmeasured } from './fleet-with-model.ts';
import { run } from './run.ts';

test('a fleet whose model was never built says so', async () => {
  expect(await run(fleetWith(), ['validate'])).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[MODEL_LOCK]: model digits was never built: there is no fleets/models/digits.lock.json
      fix: run breakwater build and commit the lock file
    ",
      "stdout": "",
    }
  `);
});

test('a model is built once, checked against its lock, and built again when its definition changes', async () => {
  const folder = fleetWith();
  expect(unmeasured(await run(folder, ['build']))).toMatchInlineSnapshot(`
    {
      "status": 0,
      "stderr": "",
      "stdout": "digits: registry.example.com/models/digits@sha256:5c1314025754c741e6517f319def5839a48f29cd1a602963dcbcd953a95e3f5f
      PASS         parity: layer by layer and fused differ by 1.2e-7 of the range, 1e-4 allowed
      PASS         size: 10,384 bytes, no budget declared; the largest layer, conv2/relu, 4,736
      PASS         memory: 175 KiB at peak (activations 2 KiB + packed weights 8 KiB + windows 7 KiB + tables 150 KiB, and 6 %), 72 KiB in WebAssembly, no budget declared
      PASS         runtime: needs TensorFlow Lite 2.17 for FULLY_CONNECTED with a scale for each row, no runtime declared
      PASS         architecture: an image for amd64, arm, arm64
      PASS         determinism: built twice, the same bytes
      PASS         saturation: at most 0.00 % of values beyond their range (relu1/relu), 1 % allowed; at least 91 of 256 codes used (probs)
      PASS         divergence: signal to quantization noise 46.9 dB, 20 wanted; same class on 100.00 % of 597 samples, 99 % wanted; noisiest conv2/relu 38.6 dB, pool2 39.7 dB, flat 39.7 dB; most of it is made in conv2/relu, from 44.3 dB to 38.6 dB
      PASS         accuracy: accuracy 98.99 % (float 98.99 %): a drop of 0.00 ± 0.33 points on 597 samples, 1 allowed
    ",
    }
  `);
  const bom = join(folder, '.breakwater/models/digits/bom.json');
  const materials = readFileSync(bom, 'utf8');
  expect(materials).toContain('"bomFormat": "CycloneDX"');
  rmSync(bom);
  expect((await run(folder, ['build'])).stdout).toMatch(/^digits: unchanged, /);
  expect(readFileSync(bom, 'utf8')).toBe(materials);
  expect((await run(folder, ['build', '--check'])).status).toBe(0);
  expect((await run(folder, ['validate'])).status).toBe(0);
  const file = join(folder, 'fleets/shop.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace("recipe: 'int8'", "recipe: 'dynamic'"));
  expect((await run(folder, ['build', '--check'])).status).toBe(1);
  expect((await run(folder, ['build'])).stdout).toContain('9,184 bytes');
  expect((await run(folder, ['build', '--check'])).status).toBe(0);
});

test('a model that does not pass its gates is not written', async () => {
  const folder = fleetWith("budget: { size: '8Ki' }");
  expect(unmeasured(await run(folder, ['build']))).toMatchInlineSnapshot(`
    {
      "status": 1,
      "stderr": "",
      "stdout": "digits: registry.example.com/models/digits@sha256:5c1314025754c741e6517f319def5839a48f29cd1a602963dcbcd953a95e3f5f
      PASS         parity: layer by layer and fused differ by 1.2e-7 of the range, 1e-4 allowed
      FAIL         size: 10,384 bytes of 8,192; the largest layer, conv2/relu, 4,736
      PASS         memory: 175 KiB at peak (activations 2 KiB + packed weights 8 KiB + windows 7 KiB + tables 150 KiB, and 6 %), 72 KiB in WebAssembly, no budget declared
      PASS         runtime: needs TensorFlow Lite 2.17 for FULLY_CONNECTED with a scale for each row, no runtime declared
      PASS         architecture: an image for amd64, arm, arm64
      PASS         determinism: built twice, the same bytes
      PASS         saturation: at most 0.00 % of values beyond their range (relu1/relu), 1 % allowed; at least 91 of 256 codes used (probs)
      PASS         divergence: signal to quantization noise 46.9 dB, 20 wanted; same class on 100.00 % of 597 samples, 99 % wanted; noisiest conv2/relu 38.6 dB, pool2 39.7 dB, flat 39.7 dB; most of it is made in conv2/relu, from 44.3 dB to 38.6 dB
      PASS         accuracy: accuracy 98.99 % (float 98.99 %): a drop of 0.00 ± 0.33 points on 597 samples, 1 allowed
      fix size: prune the network, its largest layer first, choose a smaller one, or raise the budget
    ",
    }
  `);
  expect((await run(folder, ['validate'])).stderr).toContain('was never built');
});

test('a model that no fleet builds is refused with those that are', async () => {
  expect(await run(fleetWith(), ['build', 'digit'])).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[FLAG]: no fleet builds a model "digit"
      fix: the models are digits
    ",
      "stdout": "",
    }
  `);
});

test('a definition that changed after its model was built is a finding until it is built again', async () => {
  const folder = fleetWith();
  await run(folder, ['build']);
  const file = join(folder, 'fleets/shop.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace("recipe: 'int8'", "recipe: 'float16'"));
  const { status, stdout } = await run(folder, ['validate']);
  expect(status).toBe(1);
  expect(stdout).toContain('model digits is defined otherwise than when models/digits.lock.json was built');
});

test('every gate of models is explained', async () => {
  for (const { id, summary } of modelGates) {
    expect(await run('.', ['explain', id])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(summary),
    });
  }
});

test('a source outside the project is refused', async () => {
  const folder = fleetWith();
  const file = join(folder, 'fleets/shop.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace("source: 'model.h5'", "source: '../../model.h5'"));
  const { status, stderr } = await run(folder, ['build']);
  expect(status).toBe(2);
  expect(stderr).toContain('error[FILE_READ]: ../../model.h5 lies outside the project');
});

test("a gate's limit that is moved without a reason is refused, and with one the lock says why", async () => {
  const bare = await run(fleetWith('gates: { sqnrDb: { limit: 50 } } as never,'), ['build']);
  expect({ status: bare.status, stderr: bare.stderr }).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[FLEET_SCHEMA]: fleets/shop.ts is not a fleet definition:
      /models/digits/gates/sqnrDb lacks "reason": why the default does not fit
      fix: correct the values; \`breakwater schema\` prints all that a definition may hold
    ",
    }
  `);
  const folder = fleetWith("gates: { sqnrDb: { limit: 15, reason: 'the camera is noisy' } },");
  expect((await run(folder, ['build'])).status).toBe(0);
  expect(readFileSync(join(folder, 'fleets/models/digits.lock.json'), 'utf8')).toContain(
    'by definition: sqnrDb, the camera is noisy',
  );
});
