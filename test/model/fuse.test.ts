import { assert, asyncProperty, boolean, constantFrom, integer } from 'fast-check';
import { expect, test } from 'vitest';
import type { Graph } from '../../src/model/graph.ts';
import { GraphBuilder } from '../../src/model/graph-builder.ts';
import { fuse } from '../../src/model/passes/fuse.ts';
import { runOutputs } from '../../src/model/run.ts';
import { reference } from '../../src/model/runtime/reference/reference.ts';
import { FUSED, PADDING } from '../../src/model/tflite/operators.ts';
import { chance } from './random-network.ts';
import { samplesFor } from './runtime-pairs.ts';

interface Shape {
  readonly between: 'nothing' | 'maximum' | 'average' | 'mean';
  /** Of factors. */
  readonly least: number;
  /** Whether the convolution has an activation, which nothing passes. */
  readonly rectified: boolean;
}

/** A convolution, something behind it, a factor and an offset by channel, and an activation. */
function normalized(seed: number, { between, least, rectified }: Shape): Graph {
  const builder = new GraphBuilder();
  const next = chance(seed);
  const constant = (name: string, shape: readonly number[], low = -1): number => {
    const length = shape.reduce((all, size) => all * size, 1);
    return builder.constant(
      name,
      shape,
      Float32Array.from({ length }, () => low + next() * (1 - low)),
    );
  };
  const input = builder.tensor({ name: 'input', type: 'float32', shape: [1, 6, 6, 3] });
  const inputs = [input, constant('weights', [4, 3, 3, 3]), constant('bias', [4])];
  const options = { padding: PADDING.SAME, strideW: 1, strideH: 1, dilationW: 1, dilationH: 1 };
  const activation = rectified ? FUSED.RELU : FUSED.NONE;
  let at = builder.operator('CONV_2D', 'conv', inputs, [1, 6, 6, 4], { ...options, activation });
  if (between === 'mean') {
    const axes = builder.constant('axes', [2], Int32Array.of(1, 2));
    at = builder.operator('MEAN', 'mean', [at, axes], [1, 1, 1, 4], { keepDims: true });
  } else if (between !== 'nothing') {
    const window = {
      padding: PADDING.SAME,
      strideW: 2,
      strideH: 2,
      filterW: 3,
      filterH: 3,
      activation: FUSED.NONE,
    };
    const kind = between === 'maximum' ? 'MAX_POOL_2D' : 'AVERAGE_POOL_2D';
    at = builder.operator(kind, 'pool', [at], [1, 3, 3, 4], window);
  }
  const { shape } = builder.at(at);
  at = builder.operator('MUL', 'factor', [at, constant('factors', [4], least)], shape, {
    activation: FUSED.NONE,
  });
  at = builder.operator('ADD', 'offset', [at, constant('offsets', [4])], shape, { activation: FUSED.NONE });
  return builder.graph([input], [builder.operator('RELU', 'relu', [at], shape)]);
}

test('a network computes the same once factors and offsets are fused into the convolution before', async () => {
  await assert(
    asyncProperty(
      integer(),
      constantFrom<Shape['between'][]>('nothing', 'maximum', 'average', 'mean'),
      constantFrom(-1, 0.1),
      boolean(),
      async (seed, between, least, rectified) => {
        const graph = normalized(seed, { between, least, rectified });
        const samples = samplesFor(graph, seed, 2);
        const [[before], [after]] = [
          await runOutputs(graph, samples, reference),
          await runOutputs(fuse(graph), samples, reference),
        ];
        before![0]!.forEach((value, at) => expect(Math.abs(value - after![0]![at]!)).toBeLessThan(2e-5));
      },
    ),
  );
});

test.each([
  ['nothing', -1, false, 'CONV_2D'],
  ['nothing', -1, true, 'CONV_2D MUL ADD'],
  ['average', -1, false, 'CONV_2D AVERAGE_POOL_2D'],
  ['maximum', 0.1, false, 'CONV_2D MAX_POOL_2D'],
  ['maximum', -1, false, 'CONV_2D MAX_POOL_2D MUL ADD'],
  ['mean', -1, false, 'CONV_2D MEAN RELU'],
] as const)(
  'behind a convolution and %s, with factors from %f on (activation before: %s), %s is left',
  (between, least, rectified, left) => {
    const { operators } = fuse(normalized(1, { between, least, rectified }));
    expect(operators.map(({ kind }) => kind).join(' ')).toBe(left);
  },
);
