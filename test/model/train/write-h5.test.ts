import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { readNetwork, type Network } from '../../../src/model/train/network.ts';
import { writeKerasH5 } from '../../../src/model/train/write-h5.ts';
import { project } from '../../project.ts';
import { digitsFile } from '../digits.ts';
import { exampleNetwork } from './example-network.ts';

async function writtenAndRead(network: Network): Promise<Network> {
  const file = join(project({}), 'model.h5');
  writeFileSync(file, await writeKerasH5(network));
  return readNetwork(file);
}

test.each(['model.h5', 'model.keras'])('%s is written and read back as it was', async (name) => {
  const network = await readNetwork(digitsFile(name));
  expect(await writtenAndRead(network)).toEqual(network);
});

test('layers with several inputs and with none of their own weights are kept', async () => {
  const network = exampleNetwork(1);
  expect(await writtenAndRead(network)).toEqual(network);
});

test('the same network has the same bytes at another time', async () => {
  const network = exampleNetwork(1);
  const before = await writeKerasH5(network);
  vi.useFakeTimers({ now: Date.now() + 86_400_000, toFake: ['Date'] });
  try {
    expect(Buffer.compare(await writeKerasH5(network), before)).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('what does not hold layers cannot be trained', async () => {
  await expect(readNetwork('model.tflite')).rejects.toThrow(
    'model.tflite cannot be trained: it does not hold layers',
  );
});
