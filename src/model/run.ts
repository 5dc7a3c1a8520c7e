import type { Graph, Tensor } from './graph.ts';
import { closed } from './quantize/calibrate.ts';
import { loadLiteRt } from './runtime/litert.ts';
import { writeTflite } from './tflite/write.ts';

/**
 * Run a network on samples, on the real runtime.
 * @param samples real numbers for each input; quantized for a network that takes codes
 * @returns the first output of each run, as real numbers
 */
export const runAll = async (
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
): Promise<readonly Float32Array[]> => (await runOutputs(graph, samples)).map(([first]) => first!);

/**
 * As {@link runAll}, with every output of each run.
 * @throws UserError `MODEL_UNSUPPORTED` where the runtime refuses the network
 */
export async function runOutputs(
  graph: Graph,
  samples: readonly (readonly Float32Array[])[],
): Promise<readonly (readonly Float32Array[])[]> {
  const model = await (await loadLiteRt()).load(writeTflite(closed(graph), ''));
  try {
    const results: (readonly Float32Array[])[] = [];
    for (const sample of samples) {
      const inputs = graph.inputs.map((index, position) => encode(graph.tensors[index]!, sample[position]!));
      const outputs = await model.run(inputs);
      results.push(graph.outputs.map((index, position) => decode(graph.tensors[index]!, outputs[position]!)));
    }
    return results;
  } finally {
    model.dispose();
  }
}

function encode({ type, quantization }: Tensor, values: Float32Array): Uint8Array {
  if (type !== 'int8') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const [scale = 1] = quantization?.scale ?? [];
  const [zeroPoint = 0] = quantization?.zeroPoint ?? [];
  const codes = Int8Array.from(values, (value) =>
    Math.max(-128, Math.min(127, Math.round(value / scale) + zeroPoint)),
  );
  return new Uint8Array(codes.buffer);
}

function decode({ type, quantization }: Tensor, bytes: Uint8Array): Float32Array {
  if (type !== 'int8') return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const [scale = 1] = quantization?.scale ?? [];
  const [zeroPoint = 0] = quantization?.zeroPoint ?? [];
  return Float32Array.from(
    new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    (code) => (code - zeroPoint) * scale,
  );
}
