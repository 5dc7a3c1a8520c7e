import { UserError } from '../../errors.ts';
import type { Tensor } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { KerasLayer, KerasWeight } from './keras-model.ts';

/** What a layer's conversion sees of one call. */
export interface LayerCall {
  readonly layer: KerasLayer;
  readonly config: LayerConfig;
  readonly weights: Readonly<Record<string, KerasWeight>>;
  /** Tensor indices. */
  readonly inputs: readonly number[];
  readonly graph: GraphBuilder;
  /** The first input. */
  readonly input: Tensor;
}

/** Adds the operators of one call. @returns the index of the output */
export type LayerConversion = (call: LayerCall) => number;

/** A layer's configuration, read by key with the type that is expected there. */
export class LayerConfig {
  readonly #layer: KerasLayer;

  constructor(layer: KerasLayer) {
    this.#layer = layer;
  }

  /** @throws UserError `MODEL_UNSUPPORTED` where something else stands there */
  number(key: string, initial: number): number {
    const value = this.#layer.config[key] ?? initial;
    if (typeof value === 'number') return value;
    throw unsupported(this.#layer, `${key} is ${JSON.stringify(value)}`, 'use one number');
  }

  /** @throws UserError `MODEL_UNSUPPORTED` where something else stands there, such as an object of the user's own */
  text(key: string, initial: string): string {
    const value = this.#layer.config[key] ?? initial;
    if (typeof value === 'string') return value;
    throw unsupported(
      this.#layer,
      `${key} is ${JSON.stringify(value)}`,
      'use one of the names that Keras has',
    );
  }

  flag(key: string, initial: boolean): boolean {
    const value = this.#layer.config[key];
    return value === undefined || value === null ? initial : Boolean(value);
  }

  /** A number for each of two dimensions, where Keras takes one number for both. */
  pair(key: string, initial: readonly [number, number]): readonly [number, number] {
    const value = this.#layer.config[key];
    if (typeof value === 'number') return [value, value];
    if (!Array.isArray(value)) return initial;
    return [Number(value[0]), Number(value[1] ?? value[0])];
  }

  raw(key: string): unknown {
    return this.#layer.config[key];
  }

  /** @throws UserError `MODEL_UNSUPPORTED` unless the value is one of those that can be converted */
  only(key: string, ...allowed: readonly unknown[]): void {
    const value = this.#layer.config[key] ?? allowed[0];
    if (allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) return;
    throw unsupported(
      this.#layer,
      `${key} is ${JSON.stringify(value)}`,
      `use ${allowed.map((one) => JSON.stringify(one)).join(' or ')}`,
    );
  }
}

export const unsupported = (layer: KerasLayer, what: string, hint: string): UserError =>
  new UserError('MODEL_UNSUPPORTED', `layer ${layer.name} (${layer.kind}): ${what}`, hint);

/** @throws UserError `MODEL_DAMAGED` when the file lacks the weight */
export function weightOf({ layer, weights }: LayerCall, name: string): KerasWeight {
  const weight = weights[name];
  if (weight === undefined) {
    throw new UserError(
      'MODEL_DAMAGED',
      `layer ${layer.name} (${layer.kind}) has no weight ${name} in the file`,
      'save the whole model again',
    );
  }
  return weight;
}

/** Add a RESHAPE to `rest` behind the batch, which stays as it is: TensorFlow Serving resizes the input when a request brings several. */
export function reshapeTo(
  { graph, input }: LayerCall,
  index: number,
  name: string,
  rest: readonly number[],
): number {
  const target = graph.constant(`${name}/shape`, [rest.length + 1], Int32Array.of(-1, ...rest));
  return graph.operator('RESHAPE', name, [index, target], [input.shape[0]!, ...rest], {});
}
