import type { Graph, Operator } from '../../graph.ts';
import { unsupported, type Compute, type Step } from './kernel.ts';
import { KERNELS } from './kernels.ts';
import { emptyFor, isKept, numbersOf, type Numbers } from './numbers.ts';

/** From numbers of each input to numbers of each output. */
export type Evaluate = (inputs: readonly Numbers[]) => readonly Numbers[];

const NOTHING = new Float32Array();

/**
 * Prepare a network.
 * @param graph with a batch of 1
 * @param isDelegated whether an operator is XNNPACK's
 * @throws UserError `MODEL_UNSUPPORTED` by name, for an operator whose types or options have no kernel here
 */
export function prepare(graph: Graph, isDelegated: (graph: Graph, operator: Operator) => boolean): Evaluate {
  const { tensors } = graph;
  const constants = tensors.map(({ type, data }) => data && numbersOf(type, data));
  const steps = graph.operators.map((operator): readonly [Step, Compute] => {
    const step: Step = {
      operator,
      inputs: operator.inputs.map((index) => tensors[index]),
      outputs: operator.outputs.map((index) => tensors[index]!),
      constants: operator.inputs.map((index) => constants[index]),
      delegated: isDelegated(graph, operator),
    };
    const other = step.outputs.find((tensor) => !isKept(tensor));
    if (other !== undefined) throw unsupported(step, ` to ${other.type}`);
    return [step, KERNELS[operator.kind](step)];
  });
  return (inputs) => {
    const values = new Map(graph.inputs.map((index, position) => [index, inputs[position]!]));
    const at = (index: number): Numbers => values.get(index) ?? constants[index] ?? NOTHING;
    for (const [{ operator, outputs }, compute] of steps) {
      const made = outputs.map(emptyFor);
      compute(operator.inputs.map(at), made);
      operator.outputs.forEach((index, position) => values.set(index, made[position]!));
    }
    return graph.outputs.map(at);
  };
}
