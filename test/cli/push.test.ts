import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startStandIn } from '../model/registry-server.ts';
import { fleetWith } from './fleet-with-model.ts';
import { run } from './run.ts';

test('a built model is missing, pushed, and there', async () => {
  const registry = await startStandIn();
  const folder = fleetWith('', `${registry.host}/models/digits`);
  const plain = async (...argv: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await run(folder, argv);
    return `${status} ${stdout}${stderr}`.replaceAll(registry.host, 'HOST').replaceAll(/[0-9a-f]{64}/g, '…');
  };
  expect(await plain('push')).toMatchInlineSnapshot(`
    "2 error[MODEL_LOCK]: model digits was never built
      fix: run breakwater build first
    "
  `);
  await run(folder, ['build']);
  expect(await plain('push', '--check')).toMatchInlineSnapshot(`
    "1 digits: HOST/models/digits@sha256:… is missing: run breakwater push digits
    "
  `);
  expect(await plain('push')).toMatchInlineSnapshot(`
    "0 digits: HOST/models/digits@sha256:… pushed, 13913 bytes of blobs, 0 there already
    "
  `);
  expect(await plain('push', '--check')).toMatchInlineSnapshot(`
    "0 digits: HOST/models/digits@sha256:… is there
    "
  `);
  expect(await plain('push', 'digit')).toMatchInlineSnapshot(`
    "2 error[FLAG]: no fleet builds a model "digit"
      fix: the models are digits
    "
  `);
  await registry.stop();
});

test('an image that was built on another machine is not pushed from this one', async () => {
  const registry = await startStandIn();
  const folder = fleetWith('', `${registry.host}/models/digits`);
  await run(folder, ['build']);
  rmSync(join(folder, '.breakwater'), { recursive: true });
  const { status, stderr } = await run(folder, ['push']);
  expect(status).toBe(2);
  expect(stderr).toMatch(
    /the image of model digits is not built here: sha256:\w+ is missing\n *fix: run breakwater build digits/,
  );
  await registry.stop();
});
