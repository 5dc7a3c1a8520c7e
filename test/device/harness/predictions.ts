// What a server on a device answers, beside what LiteRT answers here.

import { loadLiteRt } from '../../../src/model/runtime/litert.ts';
import type { TensorInfo } from '../../../src/model/runtime/runtime.ts';
import type { Node } from './node.ts';

type Values = Float32Array | Int8Array | Uint8Array;

const arrayOf = ({ type, shape }: TensorInfo): Values => {
  const length = shape.reduce((size, each) => size * each, 1);
  if (type === 'float32') return new Float32Array(length);
  if (type === 'int8') return new Int8Array(length);
  if (type === 'uint8') return new Uint8Array(length);
  throw new Error(`no samples of type ${type}`);
};

const bytesOf = (values: Values): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Values in the nesting that their shape asks for, without the first dimension, which counts instances. */
function nested(values: Values, shape: readonly number[]): unknown {
  const fold = (from: number, [size, ...rest]: readonly number[]): unknown => {
    if (size === undefined) return values[from];
    const step = rest.reduce((product, each) => product * each, 1);
    return Array.from({ length: size }, (_, index) => fold(from + index * step, rest));
  };
  return fold(0, shape.slice(1));
}

/** Requests for a model with one input and one output, each with the answer's bytes as LiteRT gives them. */
export interface Sample {
  readonly body: string;
  readonly expected: Values;
}

/** Samples by a small generator of its own, so that every run asks the same. */
export async function samplesFor(model: Uint8Array, count: number): Promise<readonly Sample[]> {
  const loaded = await (await loadLiteRt()).load(model);
  const [input] = loaded.inputs;
  const [output] = loaded.outputs;
  const samples: Sample[] = [];
  let state = 1;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  for (let number = 0; number < count; number += 1) {
    const values = arrayOf(input!);
    for (let at = 0; at < values.length; at += 1)
      values[at] = values instanceof Float32Array ? next() : Math.floor(next() * 128);
    const [bytes] = await loaded.run([bytesOf(values)]);
    const expected = arrayOf(output!);
    bytesOf(expected).set(bytes!);
    samples.push({ body: JSON.stringify({ instances: [nested(values, input!.shape)] }), expected });
  }
  loaded.dispose();
  return samples;
}

/**
 * Ask a server for a prediction.
 * @returns its values, in the type of the expected ones
 */
export async function predict(node: Node, url: string, { body, expected }: Sample): Promise<Values> {
  const { status, text } = await node.fetch(`${url}:predict`, body);
  if (status !== 200) throw new Error(`${url}: ${status} ${text}`);
  const { predictions } = JSON.parse(text) as { readonly predictions: readonly unknown[] };
  const numbers = [predictions[0]].flat(8) as number[];
  return expected instanceof Float32Array ? Float32Array.from(numbers) : Int8Array.from(numbers);
}
