import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planArena } from '../../src/model/arena.ts';
import type { Graph, Operator } from '../../src/model/graph.ts';
import { fuse } from '../../src/model/passes/fuse.ts';
import { convertKeras } from '../../src/model/read/convert-keras.ts';
import { readKerasH5 } from '../../src/model/read/keras-h5.ts';
import { digitsFile } from './digits.ts';

test('the float digits-cnn needs its input and the two largest activations that meet', async () => {
  const { bytes, alive } = planArena(fuse(convertKeras(await readKerasH5(digitsFile('model.h5')))));
  // Input 8×8×1, conv1 8×8×16 and pool1 4×4×16 as float32.
  expect({ bytes, most: Math.max(...alive) }).toMatchInlineSnapshot(`
    {
      "bytes": 5376,
      "most": 5376,
    }
  `);
});

/** A network in which each operator takes one or two earlier tensors. */
const graphs = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.nat(), fc.nat()), { minLength: 1, maxLength: 25 })
  .map((steps): Graph => {
    const operators = steps.map(([, a, b], step): Operator => ({
      kind: 'ADD',
      inputs: [a % (step + 1), b % (step + 1)],
      outputs: [step + 1],
      options: {},
    }));
    const tensors = [100, ...steps.map(([size]) => size)].map((size, index) => ({
      name: `t${index}`,
      type: 'int8' as const,
      shape: [size],
    }));
    return { tensors, operators, inputs: [0], outputs: [steps.length] };
  });

test('a plan is never smaller than what is alive at once, and rarely much larger', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { bytes, alive } = planArena(graph);
      expect(bytes).toBeGreaterThanOrEqual(Math.max(...alive));
      expect(bytes).toBeLessThanOrEqual(1.5 * Math.max(...alive));
    }),
  );
});
