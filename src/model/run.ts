import type { Graph, Tensor, TensorType } from './graph.ts';
import { closed } from './quantize/calibrate.ts';
import { loadLiteRt } from './runtime/litert.ts';
import { profile, type LoadedModel, type Runtime } from './runtime/runtime.ts';
import { writeTflite } from './tflite/write.ts';

type Samples = readonly (readonly Float32Array[])[];
/** Real numbers of each output of each run. */
export type Runs = readonly (readonly Float32Array[])[];

/**
 * Run a network on samples, on the real runtime.
 * @param samples real numbers for each input; quantized for a network that takes codes
 * @returns the first output of each run, as real numbers
 */
export const runAll = async (graph: Graph, samples: Samples): Promise<readonly Float32Array[]> =>
  (await runOutputs(graph, samples)).map(([first]) => first!);

/**
 * As {@link runAll}, with every output of each run.
 * @param runtime LiteRT where none is given
 * @throws UserError `MODEL_UNSUPPORTED` where the runtime refuses the network
 */
export const runOutputs = (graph: Graph, samples: Samples, runtime?: Runtime): Promise<Runs> =>
  loaded(graph, (model) => runEach(model, graph, samples), runtime);

/**
 * As {@link runOutputs}, and how long a run takes: a median in milliseconds.
 * @throws UserError `MODEL_UNSUPPORTED` where the runtime refuses the network
 */
export const runAndTime = (
  graph: Graph,
  samples: Samples,
): Promise<{ readonly runs: Runs; readonly milliseconds: number }> =>
  loaded(graph, async (model) => ({
    runs: await runEach(model, graph, samples),
    milliseconds: (await profile(model)).medianMs,
  }));

async function loaded<T>(
  graph: Graph,
  use: (model: LoadedModel) => Promise<T>,
  runtime?: Runtime,
): Promise<T> {
  const model = await (runtime ?? (await loadLiteRt())).load(writeTflite(closed(graph), ''));
  try {
    return await use(model);
  } finally {
    model.dispose();
  }
}

async function runEach(model: LoadedModel, graph: Graph, samples: Samples): Promise<Runs> {
  const results: (readonly Float32Array[])[] = [];
  for (const sample of samples) {
    const inputs = graph.inputs.map((index, position) => encode(graph.tensors[index]!, sample[position]!));
    const outputs = await model.run(inputs);
    results.push(graph.outputs.map((index, position) => decode(graph.tensors[index]!, outputs[position]!)));
  }
  return results;
}

/** Codes of one type. */
interface Integers {
  readonly least: number;
  readonly most: number;
  readonly pack: (codes: readonly number[]) => Uint8Array;
  readonly unpack: (bytes: Uint8Array) => ArrayLike<number>;
}

// Outputs are copies of their own, so that they are aligned.
const INTEGERS: Readonly<Partial<Record<TensorType, Integers>>> = {
  int8: {
    least: -128,
    most: 127,
    pack: (codes) => new Uint8Array(Int8Array.from(codes).buffer),
    unpack: ({ buffer, byteOffset, byteLength }) => new Int8Array(buffer, byteOffset, byteLength),
  },
  int16: {
    least: -32_768,
    most: 32_767,
    pack: (codes) => new Uint8Array(Int16Array.from(codes).buffer),
    unpack: ({ buffer, byteOffset, byteLength }) => new Int16Array(buffer, byteOffset, byteLength / 2),
  },
};

function encode({ type, quantization }: Tensor, values: Float32Array): Uint8Array {
  const integers = INTEGERS[type];
  if (integers === undefined) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const { least, most, pack } = integers;
  const [scale = 1] = quantization?.scale ?? [];
  const [zeroPoint = 0] = quantization?.zeroPoint ?? [];
  return pack(
    Array.from(values, (value) => Math.max(least, Math.min(most, Math.round(value / scale) + zeroPoint))),
  );
}

function decode({ type, quantization }: Tensor, bytes: Uint8Array): Float32Array {
  const integers = INTEGERS[type];
  if (integers === undefined) return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const [scale = 1] = quantization?.scale ?? [];
  const [zeroPoint = 0] = quantization?.zeroPoint ?? [];
  return Float32Array.from(integers.unpack(bytes), (code) => (code - zeroPoint) * scale);
}
