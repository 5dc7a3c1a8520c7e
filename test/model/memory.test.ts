import { expect, test } from 'vitest';
import { quantize, readSource, RECIPES } from '../../src/model/convert.ts';
import type { Graph } from '../../src/model/graph.ts';
import { estimateMemory } from '../../src/model/memory.ts';
import { closed } from '../../src/model/quantize/calibrate.ts';
import { loadLiteRt } from '../../src/model/runtime/litert.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';
import { digitsFile, digitsSamples } from './digits.ts';

/**
 * Bytes that the runtime's heap grows by for each further instance, its file included. The heap grows in steps of a fifth, so
 * instances are counted between two steps.
 */
async function measured(graph: Graph): Promise<number> {
  const runtime = await loadLiteRt();
  const file = writeTflite(closed(graph), '');
  const steps: (readonly [instances: number, bytes: number])[] = [];
  const kept: { dispose(): void }[] = [];
  while (steps.length < 2) {
    const before = runtime.heapBytes();
    const model = await runtime.load(file);
    await model.run(model.inputs.map(({ bytes }) => new Uint8Array(bytes)));
    kept.push(model);
    if (runtime.heapBytes() !== before) steps.push([kept.length, before]);
  }
  for (const model of kept) model.dispose();
  const [[first, low], [second, high]] = steps as [readonly [number, number], readonly [number, number]];
  return (high - low) / (second - first);
}

test.each(RECIPES)('the estimate by the recipe %s is never under what the runtime takes', async (recipe) => {
  const float = await readSource(digitsFile('model.h5'));
  const samples = digitsSamples('calibration.npz').map((sample) => [sample]);
  const graph = await quantize(float, samples, { recipe, io: 'float', denseByChannel: true });
  const file = writeTflite(graph, '').byteLength;
  expect(estimateMemory(graph).interpreter + file).toBeGreaterThan(await measured(graph));
});
