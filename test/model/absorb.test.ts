import { assert, asyncProperty, constantFrom, integer } from 'fast-check';
import { expect, test } from 'vitest';
import type { Graph } from '../../src/model/graph.ts';
import { GraphBuilder } from '../../src/model/graph-builder.ts';
import { absorb } from '../../src/model/passes/absorb.ts';
import { reference } from '../../src/model/runtime/reference/reference.ts';
import { runOutputs } from '../../src/model/run.ts';
import { FUSED, PADDING } from '../../src/model/tflite/operators.ts';
import { chance } from './random-network.ts';
import { samplesFor } from './runtime-pairs.ts';

const CHANNELS = 3;

interface Shape {
  readonly behind: 'convolution' | 'pointwise' | 'depthwise' | 'transposed' | 'product';
  readonly between: 'nothing' | 'maximum' | 'average' | 'padding' | 'mean';
  readonly padding: number;
  /** Of factors. */
  readonly least: number;
}

/** A factor and an offset by channel, something between, and what may absorb them. */
function normalized(seed: number, { behind, between, padding, least }: Shape): Graph {
  const builder = new GraphBuilder();
  const next = chance(seed);
  const constant = (name: string, shape: readonly number[], low = -1): number =>
    builder.constant(
      name,
      shape,
      Float32Array.from(
        { length: shape.reduce((all, size) => all * size, 1) },
        () => low + next() * (1 - low),
      ),
    );
  const input = builder.tensor({ name: 'input', type: 'float32', shape: [1, 6, 6, CHANNELS] });
  const activation = FUSED.NONE;
  const shape = (at: number): readonly number[] => builder.at(at).shape;
  let at = builder.operator(
    'MUL',
    'factor',
    [input, constant('factors', [CHANNELS], least)],
    [1, 6, 6, CHANNELS],
    { activation },
  );
  at = builder.operator('ADD', 'offset', [at, constant('offsets', [CHANNELS])], [1, 6, 6, CHANNELS], {
    activation,
  });
  const window = { padding: PADDING.SAME, strideW: 2, strideH: 2, filterW: 2, filterH: 2, activation };
  if (between === 'maximum') at = builder.operator('MAX_POOL_2D', 'pool', [at], [1, 3, 3, CHANNELS], window);
  if (between === 'average')
    at = builder.operator('AVERAGE_POOL_2D', 'pool', [at], [1, 3, 3, CHANNELS], window);
  if (between === 'padding') {
    const amounts = builder.constant('amounts', [4, 2], Int32Array.of(0, 0, 1, 1, 1, 1, 0, 0));
    at = builder.operator('PAD', 'pad', [at, amounts], [1, 8, 8, CHANNELS]);
  }
  if (between === 'mean') {
    const axes = builder.constant('axes', [2], Int32Array.of(1, 2));
    at = builder.operator('MEAN', 'mean', [at, axes], [1, 1, 1, CHANNELS], { keepDims: true });
  }
  const [, height = 1, width = 1] = shape(at);
  const options = { padding, strideW: 1, strideH: 1, dilationW: 1, dilationH: 1, activation };
  const size = behind === 'pointwise' ? 1 : Math.min(3, height);
  const less = padding === PADDING.VALID ? size - 1 : 0;
  const convolve = (): number => {
    const inputs = [at, constant('weights', [4, size, size, CHANNELS]), constant('bias', [4])];
    return builder.operator('CONV_2D', 'conv', inputs, [1, height - less, width - less, 4], options);
  };
  switch (behind) {
    case 'convolution':
    case 'pointwise':
      at = convolve();
      break;
    case 'product': {
      const features = height * width * CHANNELS;
      const to = builder.constant('to', [2], Int32Array.of(-1, features));
      at = builder.operator('RESHAPE', 'flat', [at, to], [1, features]);
      const inputs = [at, constant('weights', [4, features]), constant('bias', [4])];
      at = builder.operator('FULLY_CONNECTED', 'product', inputs, [1, 4], { activation });
      break;
    }
    case 'depthwise': {
      const inputs = [
        at,
        constant('weights', [1, size, size, 2 * CHANNELS]),
        constant('bias', [2 * CHANNELS]),
      ];
      const made = [1, height - less, width - less, 2 * CHANNELS];
      at = builder.operator('DEPTHWISE_CONV_2D', 'depthwise', inputs, made, {
        ...options,
        depthMultiplier: 2,
      });
      break;
    }
    case 'transposed': {
      const made = [1, 2 * height, 2 * width, 4];
      const inputs = [
        builder.constant('size', [4], Int32Array.from(made)),
        constant('weights', [4, 2, 2, CHANNELS]),
        at,
      ];
      at = builder.operator('TRANSPOSE_CONV', 'transposed', inputs, made, {
        padding: PADDING.SAME,
        strideW: 2,
        strideH: 2,
      });
      break;
    }
  }
  return builder.graph([input], [at]);
}

const kinds = ({ operators }: Graph): string => operators.map(({ kind }) => kind).join(' ');

test('a network computes the same once factors and offsets are absorbed', async () => {
  await assert(
    asyncProperty(
      integer(),
      constantFrom<Shape['behind'][]>('convolution', 'pointwise', 'depthwise', 'transposed', 'product'),
      constantFrom<Shape['between'][]>('nothing', 'maximum', 'average', 'padding', 'mean'),
      constantFrom<number[]>(PADDING.SAME, PADDING.VALID),
      constantFrom(-1, 0.1),
      async (seed, behind, between, padding, least) => {
        const graph = normalized(seed, { behind, between, padding, least });
        const samples = samplesFor(graph, seed, 2);
        const [[before], [after]] = [
          await runOutputs(graph, samples, reference),
          await runOutputs(absorb(graph), samples, reference),
        ];
        const largest = Math.max(...before![0]!.map(Math.abs));
        before![0]!.forEach((value, at) => {
          expect(Math.abs(value - after![0]![at]!)).toBeLessThan(1e-5 * largest);
        });
      },
    ),
    { numRuns: 200 },
  );
});

test.each([
  ['convolution', 'nothing', PADDING.VALID, -1, 'CONV_2D'],
  ['convolution', 'nothing', PADDING.SAME, -1, 'MUL ADD CONV_2D'],
  ['pointwise', 'nothing', PADDING.SAME, -1, 'CONV_2D'],
  ['depthwise', 'nothing', PADDING.VALID, -1, 'DEPTHWISE_CONV_2D'],
  ['product', 'nothing', PADDING.SAME, -1, 'RESHAPE FULLY_CONNECTED'],
  ['product', 'average', PADDING.SAME, -1, 'AVERAGE_POOL_2D RESHAPE FULLY_CONNECTED'],
  ['product', 'mean', PADDING.SAME, -1, 'MEAN RESHAPE FULLY_CONNECTED'],
  ['convolution', 'maximum', PADDING.VALID, 0.1, 'MAX_POOL_2D CONV_2D'],
  ['convolution', 'maximum', PADDING.VALID, -1, 'MUL MAX_POOL_2D CONV_2D'],
  ['convolution', 'padding', PADDING.VALID, -1, 'MUL ADD PAD CONV_2D'],
  ['transposed', 'nothing', PADDING.SAME, -1, 'MUL ADD TRANSPOSE_CONV'],
] as const)(
  'before a %s with %s between, padding %i and factors from %f on, %s is left',
  (behind, between, padding, least, left) => {
    expect(kinds(absorb(normalized(1, { behind, between, padding, least })))).toBe(left);
  },
);
