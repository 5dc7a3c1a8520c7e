// The reference model mnist-cnn and what was trained from it, as they are committed. Training itself is tested in test/tfjs.

import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readNpz } from '../../../src/model/npz.ts';
import { parametersOf, readNetwork } from '../../../src/model/train/network.ts';
import { run } from '../../cli/run.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const file = (name: string): string => `${root}/fleets/models/mnist-cnn/${name}`;

test('every network that a fleet trains is what its definition makes', async () => {
  const { status, stdout } = await run(root, ['train', '--check']);
  expect(stdout).toContain('price-digits: unchanged, models/mnist-cnn/pruned.h5');
  expect(status).toBe(0);
});

test('half of the channels are gone, and the network is small enough to be committed', async () => {
  const [whole, pruned] = [await readNetwork(file('model.h5')), await readNetwork(file('pruned.h5'))];
  const channels = ({ layers }: typeof whole): unknown[] =>
    layers.map(({ config }) => config['filters'] ?? config['units']).filter(Boolean);
  expect([channels(whole), channels(pruned)]).toEqual([
    [16, 32, 40, 56, 10],
    [8, 16, 20, 28, 10],
  ]);
  expect([parametersOf(whole), parametersOf(pruned)]).toEqual([37_146, 9_506]);
  expect(statSync(file('model.h5')).size).toBeLessThan(200_000);
});

test('the digits that judge are of every class', () => {
  const { x, y } = readNpz(readFileSync(file('test.npz')), 'test.npz');
  expect(x!.shape).toEqual([1000, 28, 28, 1]);
  expect(new Set(y!.values).size).toBe(10);
});
