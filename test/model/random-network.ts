// Small networks made by chance, with channels that are dead in all the ways in which they may be.

import type { Graph, OptionValue } from '../../src/model/graph.ts';
import { GraphBuilder } from '../../src/model/graph-builder.ts';
import { FUSED, PADDING } from '../../src/model/tflite/operators.ts';

/** Numbers from a seed (mulberry32), from 0 up to 1. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const SIZE = 6;
export const INPUT = [1, SIZE, SIZE, 3] as const;
const WIDTHS = [4, 6, 9];

/** A network of `blocks` blocks and a classifier. Dead channels agree across layers of the same width, as pruning by groups leaves them. */
export function randomNetwork(seed: number, blocks: number): Graph {
  const maker = new Maker(chance(seed));
  let at = maker.input;
  for (let block = 0; block < blocks; block++) at = maker.block(at);
  return maker.classifier(at);
}

/**
 * A convolution of four channels, two of them pruned, and a residual block behind it.
 * @param bias of the pruned channels
 */
export function prunedBlock(bias = 0): Graph {
  const builder = new GraphBuilder();
  const next = chance(1);
  const input = builder.tensor({ name: 'input', type: 'float32', shape: INPUT });
  const options = { padding: PADDING.SAME, strideW: 1, strideH: 1, activation: FUSED.RELU };
  const layer = (
    name: string,
    from: number,
    shape: readonly number[],
    pruned: (at: number) => boolean,
  ): number => {
    const values = Float32Array.from(
      { length: shape.reduce((product, size) => product * size, 1) },
      (_, at) => (pruned(at) ? 0 : next() + 0.1),
    );
    const outputs = shape[0] === 1 ? shape[3]! : shape[0]!;
    const weights = builder.constant(`${name}/weights`, shape, values);
    const biases = builder.constant(
      `${name}/bias`,
      [outputs],
      Float32Array.from({ length: outputs }, (_, at) => (at < 2 && outputs === 4 ? bias : 0.1)),
    );
    const kind = shape[0] === 1 ? 'DEPTHWISE_CONV_2D' : 'CONV_2D';
    const size = [1, INPUT[1], INPUT[2], outputs];
    return builder.operator(kind, name, [from, weights, biases], size, options);
  };
  const start = layer('start', input, [4, 3, 3, 3], (at) => at < 2 * 27);
  const spread = layer('spread', start, [1, 3, 3, 4], () => false);
  const end = layer('end', spread, [4, 1, 1, 4], (at) => at < 2 * 4);
  const sum = builder.operator('ADD', 'sum', [start, end], [1, INPUT[1], INPUT[2], 4], {
    activation: FUSED.NONE,
  });
  return builder.graph([input], [layer('classes', sum, [5, 3, 3, 4], () => false)]);
}

class Maker {
  readonly #next: () => number;
  readonly #builder = new GraphBuilder();
  readonly input: number;
  #count = 0;

  constructor(next: () => number) {
    this.#next = next;
    this.input = this.#builder.tensor({ name: 'input', type: 'float32', shape: INPUT });
  }

  block(at: number): number {
    const width = this.#one(WIDTHS);
    const [, height] = this.#shape(at);
    switch (this.#one(['conv', 'depthwise', 'residual', 'concatenation', 'pool', 'gate', 'pad'])) {
      case 'depthwise':
        return this.#depthwise(at);
      case 'residual': {
        const start = this.#conv(at, width, 1);
        const end = this.#conv(this.#depthwise(start), width, 1);
        return this.#simple('ADD', [start, end], { activation: this.#activation() });
      }
      case 'concatenation': {
        const [a, b] = [this.#conv(at, width, 1), this.#conv(at, this.#one(WIDTHS), 1)];
        return this.#simple('CONCATENATION', [a, b], { axis: 3, activation: FUSED.NONE });
      }
      case 'pool':
        return height! < 4 ? this.#conv(at, width, 1) : this.#pool(this.#conv(at, width, 3));
      case 'gate': {
        const body = this.#conv(at, width, 3);
        const gate = this.#simple('LOGISTIC', [this.#conv(this.#mean(body), width, 1)], {});
        return this.#simple('MUL', [body, gate], { activation: FUSED.NONE });
      }
      case 'pad': {
        const body = this.#conv(at, width, 1);
        const amounts = Int32Array.of(0, 0, 1, 1, 1, 1, 0, 0);
        const [n, h, w, c] = this.#shape(body);
        const name = this.#name('pad');
        const pads = this.#builder.constant(`${name}/amounts`, [4, 2], amounts);
        return this.#builder.operator('PAD', name, [body, pads], [n!, h! + 2, w! + 2, c!]);
      }
      default:
        return this.#conv(at, width, 3);
    }
  }

  classifier(at: number): Graph {
    const [, h, w, c] = this.#shape(at);
    const flat = this.#next() < 0.5 ? this.#mean(at) : this.#reshape(at, h! * w! * c!);
    const features = this.#shape(flat).reduce((product, size) => product * size, 1);
    const hidden = this.#dense(this.#reshape(flat, features), 6, FUSED.RELU);
    const output = this.#dense(hidden, 5, FUSED.NONE);
    return this.#builder.graph([this.input], [output]);
  }

  #shape(index: number): readonly number[] {
    return this.#builder.at(index).shape;
  }

  #one<T>(items: readonly T[]): T {
    return items[Math.floor(this.#next() * items.length)]!;
  }

  #name(kind: string): string {
    return `${kind}${this.#count++}`;
  }

  #activation(): number {
    return this.#one([FUSED.NONE, FUSED.RELU, FUSED.RELU6]);
  }

  /** Whether a channel of layers this wide is dead. */
  readonly #dead = (channel: number, width: number): boolean => (channel * 7 + width) % 3 === 0 && width > 3;

  #weights(count: number, zero: (at: number) => boolean): Float32Array {
    return Float32Array.from({ length: count }, (_, at) => (zero(at) ? 0 : 2 * this.#next() - 1));
  }

  #bias(outputs: number, zeroed: boolean): Float32Array {
    const other = this.#one([0, 0, -0.3, 0.4]);
    return Float32Array.from({ length: outputs }, (_, at) =>
      zeroed && this.#dead(at, outputs) ? other : this.#next() - 0.4,
    );
  }

  #conv(at: number, width: number, size: number): number {
    const [n, h, w, c] = this.#shape(at);
    const name = this.#name('conv');
    // Outputs without weights, or inputs that nobody looks at.
    const [zeroed, ignoring] = [this.#next() < 0.8, this.#next() < 0.3];
    const values = this.#weights(width * size * size * c!, (index) => {
      const output = Math.floor(index / (size * size * c!));
      return (zeroed && this.#dead(output, width)) || (ignoring && this.#dead(index % c!, c!));
    });
    const weights = this.#builder.constant(`${name}/weights`, [width, size, size, c!], values);
    const bias = this.#builder.constant(`${name}/bias`, [width], this.#bias(width, zeroed));
    const valid = h! >= size + 1 && this.#next() < 0.4;
    const shape = valid ? [n!, h! - size + 1, w! - size + 1, width] : [n!, h!, w!, width];
    return this.#builder.operator('CONV_2D', name, [at, weights, bias], shape, {
      padding: valid ? PADDING.VALID : PADDING.SAME,
      strideW: 1,
      strideH: 1,
      activation: this.#activation(),
      dilationW: 1,
      dilationH: 1,
    });
  }

  #depthwise(at: number): number {
    const [n, h, w, c] = this.#shape(at);
    const name = this.#name('depthwise');
    const zeroed = this.#next() < 0.5;
    const values = this.#weights(9 * c!, (index) => zeroed && this.#dead(index % c!, c!));
    const weights = this.#builder.constant(`${name}/weights`, [1, 3, 3, c!], values);
    const bias = this.#builder.constant(`${name}/bias`, [c!], this.#bias(c!, zeroed));
    return this.#builder.operator('DEPTHWISE_CONV_2D', name, [at, weights, bias], [n!, h!, w!, c!], {
      padding: PADDING.SAME,
      strideW: 1,
      strideH: 1,
      depthMultiplier: 1,
      activation: this.#activation(),
      dilationW: 1,
      dilationH: 1,
    });
  }

  #dense(at: number, outputs: number, activation: number): number {
    const features = this.#shape(at).at(-1)!;
    const name = this.#name('dense');
    const values = this.#weights(outputs * features, (index) =>
      this.#dead(Math.floor(index / features), outputs),
    );
    const weights = this.#builder.constant(`${name}/weights`, [outputs, features], values);
    const bias = this.#builder.constant(`${name}/bias`, [outputs], this.#bias(outputs, true));
    return this.#builder.operator('FULLY_CONNECTED', name, [at, weights, bias], [1, outputs], { activation });
  }

  #pool(at: number): number {
    const [n, h, w, c] = this.#shape(at);
    const kind = this.#one(['AVERAGE_POOL_2D', 'MAX_POOL_2D'] as const);
    const shape = [n!, Math.ceil(h! / 2), Math.ceil(w! / 2), c!];
    return this.#builder.operator(kind, this.#name('pool'), [at], shape, {
      padding: PADDING.SAME,
      strideW: 2,
      strideH: 2,
      filterW: 2,
      filterH: 2,
      activation: FUSED.NONE,
    });
  }

  #mean(at: number): number {
    const [n, , , c] = this.#shape(at);
    const name = this.#name('mean');
    const axes = this.#builder.constant(`${name}/axes`, [2], Int32Array.of(1, 2));
    return this.#builder.operator('MEAN', name, [at, axes], [n!, 1, 1, c!], { keepDims: true });
  }

  #reshape(at: number, features: number): number {
    const name = this.#name('flat');
    const size = this.#builder.constant(`${name}/shape`, [2], Int32Array.of(-1, features));
    return this.#builder.operator('RESHAPE', name, [at, size], [1, features]);
  }

  #simple(
    kind: 'ADD' | 'MUL' | 'CONCATENATION' | 'LOGISTIC',
    inputs: readonly number[],
    options: Readonly<Record<string, OptionValue>>,
  ): number {
    const shape = this.#shape(inputs[0]!);
    const channels = inputs.reduce((sum, index) => sum + this.#shape(index).at(-1)!, 0);
    const size = kind === 'CONCATENATION' ? [...shape.slice(0, 3), channels] : shape;
    return this.#builder.operator(kind, this.#name(kind.toLowerCase()), inputs, size, options);
  }
}
