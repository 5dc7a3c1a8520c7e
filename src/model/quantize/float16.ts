import type { Graph, Operator, Tensor } from '../graph.ts';
import { compact } from '../passes/compact.ts';
import { floatsOf } from '../passes/constants.ts';

/** Store float constants as float16; a DEQUANTIZE before each makes them float32 when the model is loaded. */
export function quantizeFloat16(graph: Graph): Graph {
  const tensors = [...graph.tensors];
  const casts: Operator[] = [];
  for (const [index, tensor] of graph.tensors.entries()) {
    const values = floatsOf(tensor);
    if (values === undefined) continue;
    const half: Tensor = {
      name: `${tensor.name}/float16`,
      type: 'float16',
      shape: tensor.shape,
      data: halves(values),
    };
    tensors[index] = { name: tensor.name, type: 'float32', shape: tensor.shape };
    casts.push({ kind: 'DEQUANTIZE', inputs: [tensors.push(half) - 1], outputs: [index], options: {} });
  }
  return compact({ ...graph, tensors, operators: [...casts, ...graph.operators] });
}

function halves(values: Float32Array): Uint8Array {
  const bits = Uint16Array.from(values, toHalf);
  return new Uint8Array(bits.buffer);
}

const word = new DataView(new ArrayBuffer(4));

/**
 * Round to the nearest float16, ties to even.
 * @returns its 16 bits
 * @see https://en.wikipedia.org/wiki/Half-precision_floating-point_format
 */
export function toHalf(value: number): number {
  word.setFloat32(0, value);
  const bits = word.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // From 65,520 on, the nearest is infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below the smallest normal, in units of 2^-24.
  if (magnitude < 0x38800000) return sign | roundToEven(Math.abs(value) * 2 ** 24);
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded >>> 13) - (112 << 10));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest > 0.5 ? floor + 1 : floor;
  return floor % 2 === 0 ? floor : floor + 1;
}
