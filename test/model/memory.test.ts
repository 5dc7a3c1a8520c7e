import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { byRecipe, compareMemory } from '../../src/dev/bench/memory.ts';
import { NETWORKS } from '../../src/dev/bench/networks.ts';
import { readSource, RECIPES } from '../../src/model/convert.ts';
import type { Graph } from '../../src/model/graph.ts';
import { estimateMemory } from '../../src/model/memory/estimate.ts';
import { smoothsort } from '../../src/model/memory/smoothsort.ts';
import { readTflite } from '../../src/model/tflite/read.ts';
import { digitsFile } from './digits.ts';
import { golden, goldenFolder } from './golden.ts';
import { anyNetwork } from './any-network.ts';

/** How far the estimate is over what LiteRT's heap grows by for one more instance, in percent. */
async function percentOver(graph: Graph): Promise<number> {
  const { estimated, measured } = await compareMemory('', graph);
  return 100 * (estimated / measured - 1);
}

/** Percent. The runtime's own kernels, which compute int16, have smaller tables than are counted. */
const INT16_OVER = 60;

const NAMED = { 'digits-cnn': () => readSource(digitsFile('model.h5')), ...NETWORKS };

const CASES = Object.entries(NAMED).flatMap(([name, make]) =>
  RECIPES.map((recipe) => [name, recipe, make] as const),
);

test.each(CASES)(
  'the estimate of %s by the recipe %s is never under and little over',
  async (_, recipe, make) => {
    const over = await percentOver(await byRecipe(await make(), recipe));
    expect(over).toBeGreaterThanOrEqual(0);
    expect(over).toBeLessThanOrEqual(recipe === 'int16x8' ? INT16_OVER : 30);
  },
);

const SEEDS = Array.from(
  { length: 24 },
  (_, index) => [index + 1, RECIPES[index % RECIPES.length]!] as const,
);

test.each(SEEDS)(
  'the estimate of network %i drawn at random, by the recipe %s, is not under',
  async (seed, recipe) => {
    const over = await percentOver(await byRecipe(anyNetwork(seed), recipe));
    expect(over).toBeGreaterThanOrEqual(0);
    expect(over).toBeLessThanOrEqual(recipe === 'int16x8' ? INT16_OVER : 40);
  },
);

const OFFICIAL = [
  'digits-cnn/float.tflite',
  'digits-cnn/int8.tflite',
  'mlperf-tiny/pretrainedResnet.tflite',
  'mlperf-tiny/pretrainedResnet_quant.tflite',
  'mlperf-tiny/str_ww_ref_model.tflite',
];

test.each(goldenFolder === undefined ? [] : OFFICIAL)(
  'the estimate of %s is never under and at most 30 percent over',
  async (file) => {
    const over = await percentOver(readTflite(readFileSync(golden(file))));
    expect(over).toBeGreaterThanOrEqual(0);
    expect(over).toBeLessThanOrEqual(30);
  },
);

test('a server on a 64-bit processor takes more than LiteRT in WebAssembly', async () => {
  const graph = await readSource(digitsFile('model.h5'));
  const [wasm, native] = [estimateMemory(graph), estimateMemory(graph, 'native')];
  expect(native.windows).toBe(2 * wasm.windows);
  expect(native.packed).toBe(wasm.packed);
  expect(native.tables).toBeGreaterThan(2 * wasm.tables);
});

test('smoothsort sorts', () => {
  for (let length = 0; length < 200; length++) {
    const list = Array.from({ length }, (_, index) => Math.imul(index + 1, 0x9e3779b1) >>> 29);
    expect(smoothsort(list, (a, b) => a - b)).toEqual(list.toSorted((a, b) => a - b));
  }
});
