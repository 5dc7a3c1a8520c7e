import type { Graph } from '../../src/model/graph.ts';
import { FUSED, PADDING, type OperatorKind } from '../../src/model/tflite/operators.ts';
import { Network } from '../../src/dev/bench/networks.ts';
import { seeded } from '../../src/dev/bench/random.ts';

const UNARY: readonly OperatorKind[] = ['RELU', 'LOGISTIC', 'TANH', 'ELU', 'HARD_SWISH', 'SOFTMAX', 'GELU'];
const LARGEST = 40;

/** A network of up to twelve layers, drawn by a seed. */
export function anyNetwork(seed: number): Graph {
  const random = seeded(seed);
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random.uniform() * choices.length)]!;
  const size = pick(8, 12, 16, 24);
  const net = new Network([1, size, size, pick(1, 3, 4, 8)], seed);
  const made: number[] = [];

  /** One of those before with the same shape, else the layer itself. */
  const twin = (x: number): number =>
    made.find((y) => y !== x && net.shape(y).join() === net.shape(x).join()) ?? x;
  const layers: readonly ((x: number) => number)[] = [
    (x) =>
      net.convolution(x, pick(3, 8, 13, 16, 24), { kernel: pick(1, 2, 3, 5), activation: pick(0, 1, 3) }),
    (x) => net.convolution(x, pick(8, 20), { stride: 2 }),
    (x) => net.depthwise(x, { kernel: pick(2, 3, 5, 7), activation: pick(0, 1) }),
    (x) => net.unary(pick(...UNARY), x),
    (x) => net.unary('LEAKY_RELU', x, { alpha: 0.1 }),
    (x) => net.add('PRELU', [x, net.weights([net.shape(x)[3]!])], net.shape(x)),
    (x) => net.add('MUL', [x, net.weights([net.shape(x)[3]!])], net.shape(x), { activation: FUSED.NONE }),
    (x) => net.add('ADD', [x, twin(x)], net.shape(x), { activation: pick(0, 1) }),
    (x) => net.add('MAXIMUM', [x, twin(x)], net.shape(x)),
    (x) =>
      net.add(
        'TRANSPOSE',
        [x, net.numbers(0, 2, 1, 3)],
        [0, 2, 1, 3].map((axis) => net.shape(x)[axis]!),
      ),
    (x) => {
      const [batch, height, width, channels] = net.shape(x) as [number, number, number, number];
      return net.add('PAD', [x, net.margins(0, 1, 1, 0)], [batch, height + 2, width + 2, channels]);
    },
    (x) => {
      const [batch, height, width, channels] = net.shape(x) as [number, number, number, number];
      return channels > 64
        ? x
        : net.add('CONCATENATION', [x, twin(x)], [batch, height, width, 2 * channels], { axis: 3 });
    },
    (x) =>
      net.shape(x)[1]! > 3 && net.shape(x)[2]! > 3 ? net.pool(x, pick('MAX_POOL_2D', 'AVERAGE_POOL_2D')) : x,
    (x) =>
      net.shape(x)[1]! < LARGEST ? net.doubled(x, pick('RESIZE_BILINEAR', 'RESIZE_NEAREST_NEIGHBOR')) : x,
    (x) => {
      const [batch, height, width, channels] = net.shape(x) as [number, number, number, number];
      if (height > LARGEST) return x;
      const [out, shape] = [pick(4, 12), [batch, 2 * height, 2 * width]];
      const inputs = [net.numbers(...shape, out), net.weights([out, 3, 3, channels]), x];
      return net.add('TRANSPOSE_CONV', inputs, [...shape, out], {
        padding: PADDING.SAME,
        strideW: 2,
        strideH: 2,
      });
    },
  ];
  let last = net.input;
  for (let layer = 0; layer < 2 + random.uniform() * 10; layer++) {
    last = pick(...layers)(last);
    made.push(last);
  }
  return net.graph(net.dense(net.mean(last), 10));
}
