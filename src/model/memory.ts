// What one interpreter of a model takes on a device.

import { planArena } from './arena.ts';
import type { Graph } from './graph.ts';

export interface MemoryEstimate {
  /** Bytes of activations. */
  readonly arena: number;
  /** Bytes of weights, which the runtime packs a second time for its kernels. */
  readonly packed: number;
  /** Bytes of the runtime's own tables for one model. */
  readonly overhead: number;
  /** Bytes of one interpreter: these three, with a margin. */
  readonly interpreter: number;
}

/** Measured heap growth of LiteRT beyond file, arena and weights was 144 to 408 KB on models of 0.1 to 2 MB, 683 KB on one with 20 convolutions. */
const OVERHEAD_BYTES = 400 * 1024;
const MARGIN = 1.2;

/** Estimate what one interpreter takes at its peak, with a batch of 1. The model's file, which the server keeps, comes on top. */
export function estimateMemory(graph: Graph): MemoryEstimate {
  const arena = planArena(graph).bytes;
  const packed = graph.tensors.reduce((sum, { data }) => sum + (data?.byteLength ?? 0), 0);
  return {
    arena,
    packed,
    overhead: OVERHEAD_BYTES,
    interpreter: Math.ceil((arena + packed + OVERHEAD_BYTES) * MARGIN),
  };
}
