// What one interpreter of a model takes, with a batch of 1: term by term what the runtime allocates for it. Sizes of its
// own tables were found by loading networks of one to thirty operators and walking its heap.

import { arenaBytes, bytesOf } from '../arena.ts';
import { elements, type Graph, type Operator } from '../graph.ts';
import { isDelegated } from './delegated.ts';
import { packedWeights } from './packed-weights.ts';
import { runsOf, type Runs } from './steps.ts';
import { windowPointers } from './windows.ts';
import { planWorkspace, type Sort } from './workspace.ts';

export interface MemoryEstimate {
  /** Bytes of inputs, outputs and all activations between. */
  readonly activations: number;
  /** Bytes of weights, which the runtime packs a second time for its kernels. */
  readonly packed: number;
  /** Bytes of pointers from output pixels to the pixels of their windows. */
  readonly windows: number;
  /** Bytes of the runtime's own tables. */
  readonly tables: number;
  /** Bytes of one interpreter: the sum of these, with a margin. The model's file, which is held once, comes on top. */
  readonly interpreter: number;
}

/** Where an interpreter runs: LiteRT in WebAssembly, as `breakwater model run` has it, or a server on a 64-bit processor. */
export type Machine = 'wasm' | 'native';

interface MachineFacts {
  readonly pointer: number;
  /** Of the C library. */
  readonly sort: Sort;
  /** How often weights are held whose activations are quantized while running. */
  readonly hybrid: number;
  /** Bytes of tables: for any model, and for each byte that they take in WebAssembly beyond that. */
  readonly tables: readonly [model: number, share: number];
}

const MACHINES: Readonly<Record<Machine, MachineFacts>> = {
  wasm: { pointer: 4, sort: 'smooth', hybrid: 1, tables: [23_000, 1] },
  native: { pointer: 8, sort: 'stable', hybrid: 2, tables: [110_000, 1.3] },
};

/** What was measured differs from what is counted by up to 5 % on random networks of all operators; it may not be more. */
const MARGIN = 1.06;

/** Estimate what one interpreter takes at its peak. */
export function estimateMemory(made: Graph, machine: Machine = 'wasm'): MemoryEstimate {
  const facts = MACHINES[machine];
  const { graph, bytes: unpacked } = unpackHalves(made);
  const { runs, between, together } = runsOf(graph);
  // Inputs and outputs are the caller's; runs share one block.
  const ends = new Set([...graph.inputs, ...graph.outputs]);
  const activations =
    [...ends].reduce((sum, index) => sum + bytesOf(graph.tensors[index]!), 0) +
    arenaBytes(graph, new Set([...between].filter((index) => !ends.has(index))), together) +
    scratchBytes(graph) +
    runs.reduce((most, run) => Math.max(most, planWorkspace(run, facts.sort)), 0);
  const taken = graph.operators.filter((operator) => isDelegated(graph, operator));
  const packed = taken.reduce(
    (sum, operator) => sum + packedWeights(graph, operator) * (isHybrid(graph, operator) ? facts.hybrid : 1),
    // Halves that one run unpacks for another stand in the arena too.
    unpacked * (runs.length > 1 || taken.length < graph.operators.length ? 2 : 1),
  );
  const windows = facts.pointer * taken.reduce((sum, operator) => sum + windowPointers(graph, operator), 0);
  const tables = tableBytes(made, runs, graph.operators.length - taken.length, facts);
  const interpreter = Math.ceil(MARGIN * (activations + packed + windows + tables));
  return { activations, packed, windows, tables, interpreter };
}

/** For a run of operators that are taken over together; for a step; for a tensor; for a scale. */
const TABLES = { run: 2_000, step: 1_500, tensor: 750, scale: 11 };

function tableBytes({ tensors }: Graph, runs: Runs['runs'], left: number, facts: MachineFacts): number {
  const steps = runs.reduce((count, run) => count + run.steps.length, left);
  const scales = tensors.reduce((count, { quantization }) => count + (quantization?.scale.length ?? 0), 0);
  const [model, share] = facts.tables;
  const counted =
    TABLES.run * runs.length + TABLES.step * steps + TABLES.tensor * tensors.length + TABLES.scale * scales;
  return model + Math.ceil(share * counted);
}

/** Whether activations are quantized while running. */
function isHybrid(graph: Graph, { inputs }: Operator): boolean {
  const [input, weights] = inputs.map((index) => graph.tensors[index]);
  return input?.type === 'float32' && weights?.type === 'int8';
}

/** What kernels that are not XNNPACK's put into the arena beside activations, at most. */
const scratchBytes = (graph: Graph): number =>
  graph.operators.reduce((most, operator) => Math.max(most, scratchOf(graph, operator)), 0);

function scratchOf({ tensors, ...rest }: Graph, operator: Operator): number {
  const [input, weights] = operator.inputs.map((index) => tensors[index]!);
  const [output] = operator.outputs.map((index) => tensors[index]!);
  // Codes of activations that are quantized while running.
  if (operator.kind === 'DEPTHWISE_CONV_2D' && isHybrid({ tensors, ...rest }, operator))
    return elements(input!.shape);
  if (operator.kind !== 'CONV_2D' || input!.type !== 'int16') return 0;
  // The windows of all output pixels, one behind the other.
  const [outputs = 1, ...window] = weights!.shape;
  const pointwise = window[0] === 1 && window[1] === 1 && operator.options['strideW'] === 1;
  return pointwise ? 0 : 2 * (elements(output!.shape) / outputs) * elements(window);
}

/** Weights in half precision are unpacked to floats when the file is loaded, and stay. */
function unpackHalves(graph: Graph): { readonly graph: Graph; readonly bytes: number } {
  const unpacking = graph.operators.filter(
    ({ kind, inputs: [input = -1] }) => kind === 'DEQUANTIZE' && graph.tensors[input]?.data !== undefined,
  );
  const outputs = new Set(unpacking.flatMap((operator) => operator.outputs));
  const tensors = graph.tensors.map((tensor, index) =>
    outputs.has(index) ? { ...tensor, data: new Uint8Array() } : tensor,
  );
  return {
    graph: { ...graph, tensors, operators: graph.operators.filter((one) => !unpacking.includes(one)) },
    bytes: [...outputs].reduce((sum, index) => sum + 4 * elements(graph.tensors[index]!.shape), 0),
  };
}
