import { assert, asyncProperty, integer, pre } from 'fast-check';
import { expect, test } from 'vitest';
import type { Graph } from '../../src/model/graph.ts';
import { removeDeadChannels } from '../../src/model/passes/dead-channels.ts';
import { observe } from '../../src/model/quantize/calibrate.ts';
import { quantizeInt8 } from '../../src/model/quantize/int8.ts';
import { runOutputs } from '../../src/model/run.ts';
import { loadLiteRt } from '../../src/model/runtime/litert.ts';
import { chance, INPUT, prunedBlock, randomNetwork } from './random-network.ts';

/** Waves with a little noise. */
const samples = (seed: number, count: number): readonly (readonly Float32Array[])[] =>
  Array.from({ length: count }, (_, number) => {
    const next = chance(seed + number);
    const [a, b] = [next() * 3, next() * 3];
    return [
      Float32Array.from({ length: INPUT.reduce<number>((product, size) => product * size, 1) }, (_, at) =>
        Math.fround(Math.sin(a * at) + Math.cos(b * (at % 18)) + 0.1 * next()),
      ),
    ];
  });

async function answers(graph: Graph, seed: number): Promise<readonly (readonly number[])[]> {
  const runs = await runOutputs(graph, samples(seed, 4));
  return runs.map(([output]) => Array.from(output!));
}

test('without dead channels, a float network answers as before, up to the order in which the runtime adds', async () => {
  let removed = 0;
  await assert(
    asyncProperty(integer(), integer({ min: 1, max: 5 }), async (seed, blocks) => {
      const network = randomNetwork(seed, blocks);
      const { graph, channels } = removeDeadChannels(network);
      removed += channels;
      const [before, after] = [(await answers(network, seed)).flat(), (await answers(graph, seed)).flat()];
      const farthest = Math.max(...before.map((value, at) => Math.abs(value - after[at]!)));
      expect(farthest).toBeLessThan(1e-5 * Math.max(1, ...before.map(Math.abs)));
    }),
    { numRuns: 40 },
  );
  expect(removed).toBeGreaterThan(100);
});

test('without dead channels, an int8 network answers as before to the bit', async () => {
  const runtime = await loadLiteRt();
  let removed = 0;
  await assert(
    asyncProperty(integer(), integer({ min: 1, max: 5 }), async (seed, blocks) => {
      const network = randomNetwork(seed, blocks);
      const ranges = await observe(network, samples(seed, 3), runtime);
      // Where a whole layer is zero, the runtime refuses the factor between its scale and the next.
      pre([...ranges.values()].every(({ min, max }) => min < 0 || max > 0));
      const int8 = quantizeInt8(network, ranges, { io: 'int8', denseByChannel: true });
      const { graph, channels } = removeDeadChannels(int8);
      removed += channels;
      expect(await answers(graph, seed)).toEqual(await answers(int8, seed));
    }),
    { numRuns: 40 },
  );
  expect(removed).toBeGreaterThan(100);
});

test('a zero that a depthwise convolution and a sum carry on is removed from all of them', () => {
  const { graph, channels } = removeDeadChannels(prunedBlock());
  expect(graph.operators.map(({ kind, outputs }) => `${kind} ${graph.tensors[outputs[0]!]!.shape.join('×')}`))
    .toMatchInlineSnapshot(`
    [
      "CONV_2D 1×6×6×2",
      "DEPTHWISE_CONV_2D 1×6×6×2",
      "CONV_2D 1×6×6×2",
      "ADD 1×6×6×2",
      "CONV_2D 1×6×6×5",
    ]
  `);
  expect(channels).toBe(6);
});

test('a channel that is constant but not zero stays where its edges are padded', () => {
  expect(removeDeadChannels(prunedBlock(0.5)).channels).toBe(0);
});
