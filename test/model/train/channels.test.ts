import { assert, asyncProperty, double, integer } from 'fast-check';
import { expect, test } from 'vitest';
import { runAll } from '../../../src/model/run.ts';
import { graphOf } from '../../../src/model/train/assess.ts';
import { channelAxes } from '../../../src/model/train/channel-rules.ts';
import { followChannels, type Channels } from '../../../src/model/train/channels.ts';
import { groupsOf, lightest } from '../../../src/model/train/choose.ts';
import { readNetwork, parametersOf, type Network } from '../../../src/model/train/network.ts';
import { seeded } from '../../../src/model/train/random.ts';
import { removeChannels } from '../../../src/model/train/remove.ts';
import { pruning, studentOf } from '../../../src/model/train/shrink.ts';
import { digitsFile } from '../digits.ts';
import { chain, convolution, exampleNetwork, layer } from './example-network.ts';

/** The network with every weight zero that makes one of these channels: they are there, and always zero. */
function silenced(network: Network, channels: Channels, going: ReadonlySet<number>): Network {
  return {
    ...network,
    layers: network.layers.map((one) => {
      const layout = channels.output(one);
      const axes = channelAxes(one);
      return {
        ...one,
        weights: Object.fromEntries(
          Object.entries(one.weights).map(([name, { shape, values }]) => {
            const along = axes[name]?.out ?? (shape.length === 1 ? axes[name]?.in : undefined);
            const scale = name === 'gamma' || name === 'moving_variance';
            if (along === undefined || layout === undefined || scale) return [name, { shape, values }];
            const inner = shape.slice(along + 1).reduce((product, size) => product * size, 1);
            const silent = values.map((value, index) => {
              const place = Math.floor(index / inner) % shape[along]!;
              return going.has(channels.find(layout.channels[place % layout.channels.length]!)) ? 0 : value;
            });
            return [name, { shape, values: silent }];
          }),
        ),
      };
    }),
  };
}

test('what is left computes as if the channels that went had always been silent', async () => {
  await assert(
    asyncProperty(
      integer({ min: 0, max: 1000 }),
      double({ min: 0, max: 0.95, noNaN: true }),
      async (seed, share) => {
        const network = exampleNetwork(seed);
        const channels = followChannels(network);
        const going = lightest(network, channels, ({ channels: { size } }) =>
          Math.max(1, Math.round(size * (1 - share))),
        );
        const removed = removeChannels(network, channels, (channel) => going.has(channel));
        const random = seeded(seed);
        const samples = Array.from({ length: 3 }, () => [
          Float32Array.from({ length: 8 * 8 * 3 }, () => 2 * random() - 1),
        ]);
        const [silent, small] = [
          await runAll(graphOf(silenced(network, channels, going)), samples),
          await runAll(graphOf(removed), samples),
        ];
        for (const [sample, values] of silent.entries())
          for (const [index, value] of values.entries()) expect(small[sample]![index]).toBeCloseTo(value, 5);
      },
    ),
    { numRuns: 15 },
  );
});

test('layers whose outputs are added lose the same channels, and outputs lose none', () => {
  const network = exampleNetwork(1);
  const groups = groupsOf(network, followChannels(network));
  expect(groups.map(({ layers, channels }) => [layers.join(' + '), channels.size])).toEqual([
    ['first + second', 8],
    ['apart', 6],
    ['third', 10],
    ['features', 12],
  ]);
});

test('rounds of pruning end where one would, whatever the number of rounds', async () => {
  const network = await readNetwork(digitsFile('model.h5'));
  const counts = [1, 2, 3, 5].map((rounds) => {
    const prune = pruning(network, 0.5, rounds);
    const pruned = Array.from({ length: rounds }, (_, index) => index + 1).reduce(prune, network);
    return [parametersOf(pruned), pruned.layers.map(({ config }) => config['filters']).filter(Boolean)];
  });
  expect(counts).toEqual(counts.map(() => [1922, [8, 16]]));
});

test('a student has the same layers with fewer channels, and weights of its own', () => {
  const teacher = exampleNetwork(1);
  const [student, same, other] = [
    studentOf(teacher, 0.5, 1),
    studentOf(teacher, 0.5, 1),
    studentOf(teacher, 0.5, 2),
  ];
  expect(parametersOf(student)).toBeLessThan(parametersOf(teacher) / 2.5);
  expect(student).toEqual(same);
  expect(student).not.toEqual(other);
});

test('a student that inherits is what one round of pruning leaves', () => {
  const teacher = exampleNetwork(1);
  expect(studentOf(teacher, 0.5, undefined)).toEqual(pruning(teacher, 0.5, 1)(teacher, 1));
});

test('the channel with the least weight goes first, as the normalization behind scales it', () => {
  const network = chain('two', [
    layer('InputLayer', 'image', [], { batch_input_shape: [null, 4, 4, 1] }),
    convolution('made', 'image', 1, 2, 'linear'),
    layer(
      'BatchNormalization',
      'norm',
      ['made'],
      { axis: -1, epsilon: 0 },
      {
        gamma: [2],
        beta: [2],
        moving_mean: [2],
        moving_variance: [2],
      },
    ),
    convolution('end', 'norm', 2, 2),
  ]);
  const [, made, norm] = network.layers;
  made!.weights['kernel']!.values.set([3, 1]);
  norm!.weights['gamma']!.values.set([1, 1]);
  norm!.weights['moving_variance']!.values.set([100, 1]);
  const channels = followChannels(network);
  expect([...lightest(network, channels, () => 1)]).toEqual([
    channels.find(channels.output(made!)!.channels[0]!),
  ]);
});

test('where something looks at all channels together, they stay', () => {
  const network = chain('mixed', [
    layer('InputLayer', 'image', [], { batch_input_shape: [null, 4, 4, 1] }),
    convolution('made', 'image', 1, 6),
    layer('Permute', 'turned', ['made'], { dims: [3, 1, 2] }),
    layer('Flatten', 'flat', ['turned']),
    layer('Dense', 'end', ['flat'], { units: 2, activation: 'softmax' }, { kernel: [96, 2], bias: [2] }),
  ]);
  expect(groupsOf(network, followChannels(network))).toEqual([]);
  expect(() => pruning(network, 0.5, 1)).toThrow('no layer of the network mixed has channels that may go');
});
