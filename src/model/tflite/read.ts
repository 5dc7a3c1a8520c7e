// Reads a .tflite file. Constants are views into the file's bytes.

import { UserError } from '../../errors.ts';
import {
  elements,
  type Graph,
  type Operator,
  type OptionValue,
  type Quantization,
  type Tensor,
} from '../graph.ts';
import { damaged, Table } from './flatbuffer.ts';
import { OPERATORS, TENSOR_TYPES, type OperatorFacts, type OperatorKind } from './operators.ts';

const BYTES: Readonly<Partial<Record<Tensor['type'], number>>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  uint8: 1,
  int64: 8,
  bool: 1,
  int16: 2,
  int8: 1,
  float64: 8,
  complex64: 8,
};
const KINDS: ReadonlyMap<number, OperatorKind> = new Map(
  Object.entries(OPERATORS).map(([kind, { code }]) => [code, kind as OperatorKind]),
);
/** How many inputs an operator has at least, where it is more than one. */
const INPUTS: Readonly<Partial<Record<OperatorKind, number>>> = {
  ADD: 2,
  SUB: 2,
  MUL: 2,
  DIV: 2,
  MAXIMUM: 2,
  MINIMUM: 2,
  CONV_2D: 2,
  DEPTHWISE_CONV_2D: 2,
  FULLY_CONNECTED: 2,
  TRANSPOSE_CONV: 3,
  PRELU: 2,
  PAD: 2,
  PADV2: 3,
  MEAN: 2,
  SUM: 2,
  REDUCE_MAX: 2,
  TRANSPOSE: 2,
  GATHER: 2,
  SLICE: 3,
  STRIDED_SLICE: 4,
  RESIZE_BILINEAR: 2,
  RESIZE_NEAREST_NEIGHBOR: 2,
  EXPAND_DIMS: 2,
  SPLIT: 2,
};
/** More would be no model, but a damaged count. */
const MOST_ELEMENTS = 2 ** 31;

/**
 * Read a `.tflite` file.
 *
 * @param bytes the whole file
 * @throws UserError `MODEL_DAMAGED` when it does not follow the format; `MODEL_UNSUPPORTED` for an operator, a type or
 *   control flow that this tool does not know
 */
export function readTflite(bytes: Uint8Array): Graph {
  const model = Table.root(bytes, 'TFL3');
  const [subgraph, ...others] = model.tables(2);
  if (subgraph === undefined) throw damaged('it has no subgraph');
  if (others.length > 0) {
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `the model has ${others.length + 1} subgraphs (control flow)`,
      'export it without loops and conditions',
    );
  }
  const buffers = model.tables(4);
  const codes = model.tables(1).map(operatorCode);
  const tensors = subgraph.tables(0).map((table, index) => readTensor(table, index, buffers));
  const check = (indices: readonly number[], optional: boolean): readonly number[] => {
    const wrong = indices.find((index) => index >= tensors.length || index < (optional ? -1 : 0));
    if (wrong !== undefined) throw damaged(`tensor ${wrong} of ${tensors.length} is named`);
    return indices;
  };
  const graph: Graph = {
    tensors,
    inputs: check(subgraph.ints(1), false),
    outputs: check(subgraph.ints(2), false),
    operators: subgraph.tables(3).map((table): Operator => {
      const code = codes[table.int(0)];
      if (code === undefined) throw damaged(`operator code ${table.int(0)} of ${codes.length} is named`);
      const inputs = check(table.ints(1), true);
      const outputs = check(table.ints(2), false);
      const { kind } = code;
      const wanted = INPUTS[kind] ?? 1;
      if (inputs.slice(0, wanted).filter((index) => index >= 0).length < wanted || outputs.length === 0)
        throw damaged(`an operator ${kind} has ${inputs.length} inputs and ${outputs.length} outputs`);
      return {
        kind,
        version: code.version,
        inputs,
        outputs,
        options: readOptions(code.kind, table.table(4)),
      };
    }),
  };
  checkOrder(graph);
  return graph;
}

/** @throws UserError `MODEL_DAMAGED` where an operator takes what is not there yet, or writes what is */
function checkOrder({ tensors, operators, inputs, outputs }: Graph): void {
  const there = new Set([
    ...inputs,
    ...tensors.flatMap(({ data }, index) => (data === undefined ? [] : [index])),
  ]);
  const take = (index: number): void => {
    // Of size 0, a constant has no bytes.
    if (index < 0 || there.has(index) || elements(tensors[index]!.shape) === 0) return;
    throw damaged(`tensor ${index} is used before it is made`);
  };
  for (const operator of operators) {
    operator.inputs.forEach(take);
    for (const index of operator.outputs) {
      if (there.has(index)) throw damaged(`tensor ${index} is made twice`);
      there.add(index);
    }
  }
  outputs.forEach(take);
}

function operatorCode(table: Table): { readonly kind: OperatorKind; readonly version: number } {
  const code = Math.max(table.byte(0), table.int(3));
  const kind = KINDS.get(code);
  if (kind === undefined) {
    const name = table.text(1);
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `the model uses operator ${code}${name === undefined ? '' : ` (${name})`}`,
      `rebuild it from the operators that are supported: ${Object.keys(OPERATORS).join(', ')}`,
    );
  }
  return { kind, version: table.int(2, 1) };
}

function readTensor(table: Table, index: number, buffers: readonly Table[]): Tensor {
  const type = TENSOR_TYPES[table.byte(1)];
  if (type === undefined) {
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `tensor ${index} is of type ${table.byte(1)}`,
      `use one of ${TENSOR_TYPES.join(', ')}`,
    );
  }
  const shape = table.ints(0);
  const count = elements(shape);
  if (shape.some((size) => size < 0) || count > MOST_ELEMENTS)
    throw damaged(`tensor ${index} has the shape [${shape.join(', ')}]`);
  const buffer = table.int(2);
  if (buffer < 0 || buffer >= buffers.length)
    throw damaged(`buffer ${buffer} of ${buffers.length} is named by tensor ${index}`);
  const data = buffers[buffer]!.bytes(0);
  const size = BYTES[type];
  const constant = data !== undefined && data.byteLength > 0;
  if (constant && size !== undefined && data.byteLength !== count * size) {
    throw damaged(`tensor ${index} needs ${count * size} bytes, its buffer has ${data.byteLength}`);
  }
  const quantization = readQuantization(table.table(4), shape, index);
  return {
    name: table.text(3) ?? '',
    type,
    shape,
    ...(table.ints(7)[0] === -1 ? { openBatch: true } : {}),
    ...(constant ? { data } : {}),
    ...(quantization === undefined ? {} : { quantization }),
  };
}

function readQuantization(
  table: Table | undefined,
  shape: readonly number[],
  index: number,
): Quantization | undefined {
  const scale = table?.floats(2) ?? [];
  if (table === undefined || scale.length === 0) return undefined;
  const zeroPoint = table.longs(3);
  const axis = table.int(6);
  const along = shape[axis] ?? 1;
  if (scale.length !== 1 && scale.length !== along) {
    throw damaged(`tensor ${index} has ${scale.length} scales for ${along} channels`);
  }
  if (zeroPoint.length > 0 && zeroPoint.length !== scale.length)
    throw damaged(`tensor ${index} has ${scale.length} scales and ${zeroPoint.length} zero points`);
  return { scale, zeroPoint: zeroPoint.length === 0 ? scale.map(() => 0) : zeroPoint, axis };
}

function readOptions(kind: OperatorKind, table: Table | undefined): Readonly<Record<string, OptionValue>> {
  if (table === undefined) return {};
  const { fields }: OperatorFacts = OPERATORS[kind];
  return Object.fromEntries(
    Object.entries(fields).map(([name, [slot, stored, initial = 0]]) => {
      if (stored === 'ints') return [name, table.ints(slot)];
      if (stored === 'bool') return [name, table.byte(slot, Number(initial)) !== 0];
      return [name, table[stored](slot, Number(initial))];
    }),
  );
}
