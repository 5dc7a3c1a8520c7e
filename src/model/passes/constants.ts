import type { Tensor } from '../graph.ts';

/** The values of a float32 constant; `undefined` for anything else. */
export function floatsOf({ type, data }: Tensor): Float32Array | undefined {
  if (type !== 'float32' || data === undefined) return undefined;
  // A file's constants need not be aligned as a Float32Array wants them.
  const aligned = data.byteOffset % 4 === 0 ? data : new Uint8Array(data);
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** The tensor with other values. */
export const withFloats = (tensor: Tensor, values: Float32Array): Tensor => ({
  ...tensor,
  data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
});
