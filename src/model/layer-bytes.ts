import type { Graph, Operator } from './graph.ts';

/** Bytes of the constants that an operator takes. */
export const constantBytes = (graph: Graph, { inputs }: Operator): number =>
  inputs.reduce((sum, index) => sum + (graph.tensors[index]?.data?.byteLength ?? 0), 0);

/** The operator whose constants take most of the file, named by what it makes; `undefined` for a network without constants. */
export function largestLayer(graph: Graph): { readonly name: string; readonly bytes: number } | undefined {
  const [largest] = graph.operators
    .map((operator) => ({ operator, bytes: constantBytes(graph, operator) }))
    .toSorted((a, b) => b.bytes - a.bytes);
  if (largest === undefined || largest.bytes === 0) return undefined;
  return { name: graph.tensors[largest.operator.outputs[0]!]!.name, bytes: largest.bytes };
}
