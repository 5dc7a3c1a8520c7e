// A graph as XNNPACK, which runs LiteRT's kernels, sees it: runs of operators that it takes over, each in steps.

import { bytesOf } from '../arena.ts';
import { elements, type Graph, type Operator } from '../graph.ts';
import { isDelegated } from './delegated.ts';
import type { OperatorKind } from '../tflite/operators.ts';

/** What a step reads or writes: a tensor of the graph, or something between that no tensor stands for. */
export interface Value {
  readonly bytes: number;
  /** First and last step that needs it. */
  first: number;
  last: number;
  readers: number;
  /** Whether others than this run's steps see it. */
  readonly outside: boolean;
}

export interface Step {
  readonly inputs: readonly Value[];
  readonly output: Value;
  /** Whether the output may stand where an input stood. */
  readonly inPlace: boolean;
}

/** Consecutive operators that are taken over together. */
export interface Run {
  readonly steps: readonly Step[];
  /** In the order in which the planner meets them. */
  readonly values: readonly Value[];
}

const BINARY = new Set<OperatorKind>(['ADD', 'SUB', 'MUL', 'DIV', 'MAXIMUM', 'MINIMUM']);
const IN_PLACE = new Set<OperatorKind>([
  ...BINARY,
  'RELU',
  'RELU6',
  'LOGISTIC',
  'TANH',
  'ELU',
  'EXP',
  'GELU',
  'HARD_SWISH',
  'LEAKY_RELU',
  'PRELU',
  'RSQRT',
  'SOFTMAX',
  'RESHAPE',
  'EXPAND_DIMS',
]);
/** Bytes for each row of a matrix that is quantized while running: scale, zero point, sum. */
const ROW = 12;

export interface Runs {
  readonly runs: readonly Run[];
  /** Indices of the tensors that pass between runs and other operators, or are seen outside. */
  readonly between: ReadonlySet<number>;
  /** Number of what each operator is run with: its run, or itself alone. */
  readonly together: readonly number[];
}

export function runsOf(graph: Graph): Runs {
  const groups: Operator[][] = [];
  const together: number[] = [];
  let open = false;
  for (const operator of graph.operators) {
    const taken = isDelegated(graph, operator);
    together.push((together.at(-1) ?? -1) + (taken && open ? 0 : 1));
    if (taken && open) groups.at(-1)!.push(operator);
    else if (taken) groups.push([operator]);
    open = taken;
  }
  const between = new Set(graph.tensors.flatMap(({ data }, index) => (data === undefined ? [index] : [])));
  const runs = groups.map((group) => {
    const inside = insideOf(graph, group);
    for (const index of inside) between.delete(index);
    return runOf(graph, group, inside);
  });
  return { runs, between, together };
}

/** Tensors that only operators of the group write and read. */
function insideOf(graph: Graph, group: readonly Operator[]): ReadonlySet<number> {
  const own = new Set(group);
  const inside = new Set(group.flatMap(({ outputs }) => outputs));
  for (const operator of graph.operators)
    if (!own.has(operator)) for (const index of operator.inputs) inside.delete(index);
  for (const index of graph.outputs) inside.delete(index);
  return inside;
}

function runOf(graph: Graph, group: readonly Operator[], inside: ReadonlySet<number>): Run {
  const steps: Step[] = [];
  const known = new Map<number, Value>();
  const extra: Value[] = [];
  const size = (index: number): number => bytesOf(graph.tensors[index]!);
  const value = (index: number): Value => {
    const made = known.get(index) ?? fresh(size(index), !inside.has(index));
    known.set(index, made);
    return made;
  };
  const add = (inputs: readonly Value[], output: Value, inPlace: boolean): Value => {
    for (const one of new Set([...inputs, output])) {
      one.first = Math.min(one.first, steps.length);
      one.last = Math.max(one.last, steps.length);
    }
    for (const one of inputs) one.readers += 1;
    steps.push({ inputs, output, inPlace });
    return output;
  };
  const between = (bytes: number): Value => {
    const made = fresh(bytes, false);
    extra.push(made);
    return made;
  };
  for (const operator of group) {
    const { kind, inputs, outputs, options } = operator;
    let read = inputs.filter((index) => index >= 0 && graph.tensors[index]!.data === undefined).map(value);
    const [first] = inputs as [number];
    // A matrix product first brings its input into two dimensions.
    if (kind === 'FULLY_CONNECTED' && options['keepDims'] !== true)
      read = [add(read, between(size(first)), true)];
    // Activations that are quantized while running, for weights in int8.
    if (graph.tensors[first]!.type === 'float32' && graph.tensors[inputs[1] ?? -1]?.type === 'int8') {
      const rows = elements(graph.tensors[first]!.shape) / graph.tensors[first]!.shape.at(-1)!;
      read = [add(read, between(size(first) / 4 + rows * ROW), false)];
    }
    // The limits of a sum are a step of their own.
    if (BINARY.has(kind) && Number(options['activation'] ?? 0) !== 0)
      read = [add(read, between(size(outputs[0]!)), true)];
    for (const output of outputs) add(read, value(output), IN_PLACE.has(kind));
  }
  const tensors = [...known].toSorted(([a], [b]) => a - b).map(([, one]) => one);
  return { steps, values: [...tensors, ...extra].filter(({ outside }) => !outside) };
}

const fresh = (bytes: number, outside: boolean): Value => ({
  bytes: Math.ceil(bytes / 16) * 16,
  first: Infinity,
  last: -1,
  readers: 0,
  outside,
});
