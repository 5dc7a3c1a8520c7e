// Comparing what this tool makes with files that Google's converter made, kept outside the project.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withFloats } from '../../src/model/passes/constants.ts';
import type { KerasModel } from '../../src/model/read/keras-model.ts';
import { toTwelveBits } from '../../src/model/read/reciprocal-root.ts';
import { readNpz } from '../../src/model/npz.ts';
import { closed } from '../../src/model/quantize/calibrate.ts';
import type { Ranges } from '../../src/model/quantize/ranges.ts';
import type { Graph, Operator, Tensor } from '../../src/model/graph.ts';
import { loadLiteRt } from '../../src/model/runtime/litert.ts';
import type { Runtime } from '../../src/model/runtime/runtime.ts';
import { readTflite } from '../../src/model/tflite/read.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';

/** Folder of the golden files; `undefined` where they are not at hand. */
export const goldenFolder = process.env['BREAKWATER_GOLDEN'];

export const golden = (file: string): string => join(goldenFolder ?? '', file);

export const goldenGraph = (file: string): Graph => readTflite(readFileSync(golden(file)));

/** Samples of an array of an `.npz`, one by one. */
export function goldenSamples(file: string, array: string): readonly (readonly Float32Array[])[] {
  const { shape, values } = readNpz(readFileSync(golden(file)), file)[array]!;
  const each = values.length / shape[0]!;
  return Array.from({ length: shape[0]! }, (_, index) => [
    Float32Array.from(values.subarray(index * each, (index + 1) * each)),
  ]);
}

/** Operators that compute; those that work out a shape while running are left out. */
const computing = ({ operators }: Graph): readonly Operator[] =>
  operators.filter(({ kind }) => !['SHAPE', 'STRIDED_SLICE', 'PACK'].includes(kind));

/** Activations that correspond: the inputs, then operator by operator. */
export function activationPairs(ours: Graph, theirs: Graph): readonly (readonly [Tensor, Tensor, number])[] {
  const [mine, other] = [computing(ours), computing(theirs)];
  if (mine.map(({ kind }) => kind).join() !== other.map(({ kind }) => kind).join()) {
    throw new Error(`${mine.map(({ kind }) => kind).join()} is not ${other.map(({ kind }) => kind).join()}`);
  }
  const pair = (a: number, b: number): readonly [Tensor, Tensor, number] => [
    ours.tensors[a]!,
    theirs.tensors[b]!,
    a,
  ];
  return [
    ...ours.inputs.map((index, position) => pair(index, theirs.inputs[position]!)),
    ...mine.flatMap(({ outputs }, step) =>
      outputs.map((index, position) => pair(index, other[step]!.outputs[position]!)),
    ),
  ];
}

/** Ranges of a float graph that give the activation parameters of an int8 file. */
export const rangesOf = (float: Graph, theirs: Graph): Ranges =>
  new Map(
    activationPairs(float, theirs).map(([, { quantization }, index]) => {
      const [scale = 1] = quantization?.scale ?? [];
      const [zeroPoint = 0] = quantization?.zeroPoint ?? [];
      return [index, { min: (-128 - zeroPoint) * scale, max: (127 - zeroPoint) * scale }];
    }),
  );

/**
 * A graph whose normalizations are folded as TensorFlow 2.3 did: its step of Newton's method towards 1 / √x was another, and
 * differs in the last bit.
 */
export function asTensorFlow23({ layers, weights }: KerasModel, graph: Graph): Graph {
  const constants = new Map<string, Float32Array>();
  for (const layer of layers) {
    const { gamma, beta, moving_mean: mean, moving_variance: variance } = weights(layer, []);
    if (variance === undefined) continue;
    const epsilon = Math.fround(Number(layer.config['epsilon']));
    const factor = variance.values.map((value, at) =>
      Math.fround(gamma!.values[at]! * olderReciprocalRoot(Math.fround(value + epsilon))),
    );
    constants.set(`${layer.name}/factor`, factor);
    constants.set(
      `${layer.name}/offset`,
      factor.map((value, at) => Math.fround(beta!.values[at]! - Math.fround(mean!.values[at]! * value))),
    );
  }
  const tensors = graph.tensors.map((tensor) => {
    const values = constants.get(tensor.name);
    return values === undefined ? tensor : withFloats(tensor, values);
  });
  return { ...graph, tensors };
}

function olderReciprocalRoot(value: number): number {
  const estimate = toTwelveBits(1 / Math.sqrt(value));
  const half = Math.fround(value * -0.5);
  const { fround } = Math;
  return fround(estimate * fround(fround(fround(estimate * half) * estimate) + 1.5));
}

/** How many values of weights and biases are equal, of how many. */
export function equalConstants(ours: Graph, theirs: Graph): { readonly equal: number; readonly of: number } {
  const other = computing(theirs);
  let [equal, of] = [0, 0];
  for (const [step, { kind, inputs }] of computing(ours).entries()) {
    if (kind === 'RESHAPE') continue;
    for (const [position, index] of inputs.entries()) {
      const mine = ours.tensors[index]!;
      if (mine.data === undefined) continue;
      const [a, b] = [codesOf(mine), codesOf(theirs.tensors[other[step]!.inputs[position]!]!)];
      of += a.length;
      equal += a.reduce((sum, code, at) => sum + (code === b[at] ? 1 : 0), 0);
    }
  }
  return { equal, of };
}

function codesOf({ type, data }: Tensor): readonly number[] {
  const bytes = new Uint8Array(data!);
  return [...(type === 'int32' ? new Int32Array(bytes.buffer) : new Int8Array(bytes.buffer))];
}

/** Distance of two float32 numbers in units of the last place. */
export function ulps(a: number, b: number): number {
  const [x = 0, y = 0] = new Int32Array(Float32Array.of(a, b).buffer);
  return Math.abs(x - y);
}

/** Output codes of a bare int8 network, sample by sample; on LiteRT where nothing else is said. */
export async function int8Outputs(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
  runtime?: Runtime,
): Promise<readonly (readonly number[])[]> {
  const { scale, zeroPoint } = graph.tensors[graph.inputs[0]!]!.quantization!;
  const model = await (runtime ?? (await loadLiteRt())).load(writeTflite(closed(graph), ''));
  const outputs: (readonly number[])[] = [];
  for (const [sample] of samples) {
    const codes = Int8Array.from(sample!, (value) =>
      Math.max(-128, Math.min(127, Math.round(value / scale[0]!) + zeroPoint[0]!)),
    );
    const [bytes] = await model.run([new Uint8Array(codes.buffer)]);
    outputs.push([...new Int8Array(bytes!.buffer)]);
  }
  model.dispose();
  return outputs;
}

/** Pictures of waves, not noise: noise saturates a network, so that equal outputs would say nothing. */
export const pictures = (count: number, size: number): readonly (readonly Float32Array[])[] =>
  Array.from({ length: count }, (_, number) => [
    Float32Array.from({ length: size * size * 3 }, (_, at) => {
      const [x, y, channel] = [Math.floor(at / 3) % size, Math.floor(at / 3 / size), at % 3];
      const wave =
        Math.sin((x * (1 + (number % 5))) / 7 + channel) + Math.cos((y * (1 + (number % 7))) / 9 + number);
      return Math.round(127.5 + 60 * wave);
    }),
  ]);
