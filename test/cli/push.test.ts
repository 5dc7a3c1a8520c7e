import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { standIn, type StandIn } from '../registry/stand-in.ts';
import { fleetWith } from './fleet-with-model.ts';
import { run, type Ran } from './run.ts';

interface Shop {
  readonly folder: string;
  readonly registry: StandIn;
  readonly push: (...argv: string[]) => Promise<Ran>;
}

/** A project and its registry, for one test. */
async function shop(): Promise<Shop> {
  const registry = await standIn();
  onTestFinished(() => registry.close());
  const folder = fleetWith('', `${registry.host}/models/digits`);
  const plain = (text: string): string =>
    text.replaceAll(registry.host, 'HOST').replaceAll(/(sha256:[0-9a-f]{8})[0-9a-f]{56}/g, '$1…');
  return {
    folder,
    registry,
    push: async (...argv) => {
      const { status, stdout, stderr } = await run(folder, ['push', ...argv]);
      return { status, stdout: plain(stdout), stderr: plain(stderr) };
    },
  };
}

test('a model that was never built cannot be pushed', async () => {
  const { push } = await shop();
  expect(await push()).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[MODEL_LOCK]: model digits is not built: there is no models/digits.lock.json that can be read
      fix: run breakwater build digits and commit the lock file
    ",
      "stdout": "",
    }
  `);
});

test('a built model is pushed once, and asked for before and after', async () => {
  const { folder, push } = await shop();
  await run(folder, ['build']);
  expect(await push('--check')).toMatchInlineSnapshot(`
    {
      "status": 1,
      "stderr": "",
      "stdout": "digits: is not there, HOST/models/digits@sha256:5c131402…
      missing sha256:5c131402…
      fix: run breakwater push digits
    ",
    }
  `);
  expect(await push()).toMatchInlineSnapshot(`
    {
      "status": 0,
      "stderr": "",
      "stdout": "digits: pushed, HOST/models/digits@sha256:5c131402…
      8 sent with 16,707 bytes, 0 were there
    ",
    }
  `);
  expect(await push('digits')).toMatchInlineSnapshot(`
    {
      "status": 0,
      "stderr": "",
      "stdout": "digits: was there, HOST/models/digits@sha256:5c131402…
    ",
    }
  `);
  expect(await push('--check')).toMatchInlineSnapshot(`
    {
      "status": 0,
      "stderr": "",
      "stdout": "digits: is there, HOST/models/digits@sha256:5c131402…
    ",
    }
  `);
});

test('progress is shown on a terminal, and taken away again', async () => {
  const { folder } = await shop();
  await run(folder, ['build']);
  let stderr = '';
  const terminal = { stdout: false, stderr: true, columns: 100 };
  await run(folder, ['push'], { terminal, stderr: (text) => void (stderr += text) });
  expect(stderr).toMatch(/pushing digits: [\d,]+ of [\d,]+ bytes/);
  expect(stderr.endsWith('\r\u001B[K')).toBe(true);
});

test('a model that no fleet builds is refused with those that are', async () => {
  const { push } = await shop();
  expect(await push('digit')).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[FLAG]: no fleet builds a model "digit"
      fix: the models are digits
    ",
      "stdout": "",
    }
  `);
});

test('what is stored is checked before it is sent, and --check needs the lock alone', async () => {
  const { folder, push } = await shop();
  await run(folder, ['build']);
  await push();
  const root = join(folder, '.breakwater/models/digits');
  const blobs = join(root, 'blobs/sha256');
  const some = readdirSync(blobs).find((name) => readFileSync(join(blobs, name)).length > 8000);
  writeFileSync(join(blobs, some!), 'damaged');
  expect(await push()).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[MODEL_LOCK]: sha256:0691207f… in .breakwater/models/digits is damaged: its bytes have another digest
      fix: delete .breakwater/models/digits and run breakwater build
    ",
      "stdout": "",
    }
  `);
  rmSync(root, { recursive: true });
  expect(await push()).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[MODEL_LOCK]: .breakwater/models/digits does not hold sha256:5c131402…
      fix: run breakwater build
    ",
      "stdout": "",
    }
  `);
  expect((await push('--check')).status).toBe(0);
});

test('a definition that changed since the model was built is not pushed', async () => {
  const { folder, push } = await shop();
  await run(folder, ['build']);
  const file = join(folder, 'fleets/shop.ts');
  writeFileSync(file, readFileSync(file, 'utf8').replace("recipe: 'int8'", "recipe: 'none'"));
  expect(await push()).toMatchInlineSnapshot(`
    {
      "status": 2,
      "stderr": "error[MODEL_LOCK]: model digits is defined otherwise than when models/digits.lock.json was built
      fix: run breakwater build digits and commit the lock file
    ",
      "stdout": "",
    }
  `);
});
