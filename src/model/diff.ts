// What differs between two models, operator by operator in the order in which they run.

import type { Graph, Quantization, Tensor } from './graph.ts';
import { describeModel } from './inspect.ts';

export interface ModelDifference {
  /** What it is about: `inputs`, `operators`, or an operator with its place. */
  readonly where: string;
  readonly before: string;
  readonly after: string;
}

export interface ModelDiff {
  readonly before: string;
  readonly after: string;
  readonly differences: readonly ModelDifference[];
}

interface Named {
  readonly file: string;
  readonly bytes: number;
  readonly graph: Graph;
}

/** Compare two models. Names of tensors within do not count; those of inputs and outputs do, since clients use them. */
export function diffModels(before: Named, after: Named): ModelDiff {
  const [a, b] = [
    describeModel(before.graph, before.file, before.bytes),
    describeModel(after.graph, after.file, after.bytes),
  ];
  const found: ModelDifference[] = [];
  const compare = (where: string, was: string, is: string): void => {
    if (was !== is) found.push({ where, before: was, after: is });
  };
  compare('bytes', String(a.bytes), String(b.bytes));
  compare('bytes of the arena', String(a.arenaBytes), String(b.arenaBytes));
  compare('inputs', JSON.stringify(a.inputs), JSON.stringify(b.inputs));
  compare('outputs', JSON.stringify(a.outputs), JSON.stringify(b.outputs));
  const kinds = [a, b].map(({ operators }) => operators.map(({ operator }) => operator).join(' '));
  compare('operators', kinds[0]!, kinds[1]!);
  if (kinds[0] === kinds[1]) compareOperators(before.graph, after.graph, compare);
  return { before: before.file, after: after.file, differences: found };
}

function compareOperators(
  a: Graph,
  b: Graph,
  compare: (where: string, was: string, is: string) => void,
): void {
  for (const [step, operator] of a.operators.entries()) {
    const other = b.operators[step]!;
    const where = `${step + 1} ${operator.kind}`;
    compare(`${where}: options`, options(operator.options), options(other.options));
    const output = (graph: Graph, index: number): string => shapeOf(graph.tensors[index]!);
    compare(`${where}: output`, output(a, operator.outputs[0]!), output(b, other.outputs[0]!));
    for (const [position, index] of operator.inputs.entries()) {
      const [was, is] = [a.tensors[index], b.tensors[other.inputs[position] ?? -1]];
      if (was?.data === undefined || is?.data === undefined) continue;
      compare(`${where}: constant ${position}`, shapeOf(was), shapeOf(is));
      if (shapeOf(was) !== shapeOf(is)) continue;
      const changed = differing(was.data, is.data);
      if (changed > 0) compare(`${where}: constant ${position}`, 'as it was', `${changed} bytes differ`);
    }
  }
}

const options = (values: object): string =>
  Object.entries(values)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .filter(([, value]) => value !== 0 && value !== false && String(value) !== '')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');

const shapeOf = ({ type, shape, quantization }: Tensor): string =>
  `${type} [${shape.join(', ')}]${quantization === undefined ? '' : ` ${scales(quantization)}`}`;

const scales = ({ scale, zeroPoint }: Quantization): string =>
  scale.length > 1 ? `${scale.length} scales from ${scale[0]}` : `× ${scale[0]} from ${zeroPoint[0]}`;

const differing = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((sum, byte, at) => sum + (byte === b[at] ? 0 : 1), 0);
