import type { Graph } from '../graph.ts';

/** Drop tensors that nothing uses and number the rest in order of first use: inputs, then operator by operator. */
export function compact(graph: Graph): Graph {
  const numbers = new Map<number, number>();
  const order: number[] = [];
  const use = (index: number): void => {
    if (index < 0 || numbers.has(index)) return;
    numbers.set(index, order.length);
    order.push(index);
  };
  graph.inputs.forEach(use);
  for (const { inputs, outputs } of graph.operators) {
    inputs.forEach(use);
    outputs.forEach(use);
  }
  graph.outputs.forEach(use);
  const renumber = (indices: readonly number[]): number[] => indices.map((index) => numbers.get(index) ?? -1);
  return {
    tensors: order.map((index) => graph.tensors[index]!),
    operators: graph.operators.map((operator) => ({
      ...operator,
      inputs: renumber(operator.inputs),
      outputs: renumber(operator.outputs),
    })),
    inputs: renumber(graph.inputs),
    outputs: renumber(graph.outputs),
  };
}
