// Writes a graph as a .tflite file. The layout is our own and deterministic: constants once, in order of first use.

import { Builder } from 'flatbuffers';
import type { Graph, Operator, Tensor } from '../graph.ts';
import { OPERATORS, TENSOR_TYPES, type OperatorFacts, type OptionField } from './operators.ts';
import { operatorVersion } from './versions.ts';

const SCHEMA_VERSION = 3;

/**
 * Write a `.tflite` file.
 * @param graph checked by the passes before: every operator's inputs exist
 * @param description stands in the file; keep it free of versions, so that equal networks are equal bytes
 */
export function writeTflite(graph: Graph, description: string): Uint8Array {
  const builder = new Builder(
    1024 + graph.tensors.reduce((sum, { data }) => sum + (data?.byteLength ?? 0), 0),
  );
  const buffers = new Buffers();
  const tensors = graph.tensors.map((tensor) => writeTensor(builder, tensor, buffers));
  const codes = new Codes(graph);
  const operators = graph.operators.map((operator) => writeOperator(builder, operator, codes));
  const subgraph = table(builder, [
    [0, 'offset', offsets(builder, tensors)],
    [1, 'offset', ints(builder, graph.inputs)],
    [2, 'offset', ints(builder, graph.outputs)],
    [3, 'offset', offsets(builder, operators)],
  ]);
  const model = table(builder, [
    [0, 'int', SCHEMA_VERSION],
    [1, 'offset', offsets(builder, codes.write(builder))],
    [2, 'offset', offsets(builder, [subgraph])],
    [3, 'offset', builder.createString(description)],
    [4, 'offset', offsets(builder, buffers.write(builder))],
  ]);
  builder.finish(model, 'TFL3');
  return builder.asUint8Array();
}

/** Constants by content: equal bytes stand in the file once. Buffer 0 is the empty one. */
class Buffers {
  readonly #contents: Uint8Array[] = [new Uint8Array()];
  readonly #byContent = new Map<string, number>();

  indexOf(data: Uint8Array | undefined): number {
    if (data === undefined) return 0;
    const key = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
    const known = this.#byContent.get(key);
    if (known !== undefined) return known;
    this.#byContent.set(key, this.#contents.length);
    return this.#contents.push(data) - 1;
  }

  write(builder: Builder): number[] {
    return this.#contents.map((data) => {
      // An empty vector makes the runtime refuse the tensor, so the field must be absent.
      if (data.byteLength === 0) return table(builder, []);
      // The length before the bytes, and these where the schema wants them: at a multiple of 16.
      builder.prep(4, data.byteLength);
      builder.prep(16, data.byteLength);
      return table(builder, [[0, 'offset', builder.createByteVector(data)]]);
    });
  }
}

/** Each pair of operator and version once, in order of first use. */
class Codes {
  readonly #pairs: (readonly [facts: OperatorFacts, version: number])[] = [];
  readonly #graph: Graph;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  indexOf(operator: Operator): number {
    const facts = OPERATORS[operator.kind];
    const version = operator.version ?? operatorVersion(operator, this.#graph);
    const known = this.#pairs.findIndex(
      ([other, otherVersion]) => other === facts && otherVersion === version,
    );
    return known >= 0 ? known : this.#pairs.push([facts, version]) - 1;
  }

  write(builder: Builder): number[] {
    return this.#pairs.map(([{ code }, version]) =>
      table(builder, [
        [0, 'byte', Math.min(code, 127)],
        ...(version === 1 ? [] : [[2, 'int', version] as const]),
        [3, 'int', code],
      ]),
    );
  }
}

function writeTensor(builder: Builder, tensor: Tensor, buffers: Buffers): number {
  const { name, shape, type, quantization, openBatch } = tensor;
  const buffer = buffers.indexOf(tensor.data);
  const fields: Field[] = [
    [0, 'offset', ints(builder, shape)],
    [1, 'byte', TENSOR_TYPES.indexOf(type)],
    [2, 'int', buffer],
    [3, 'offset', builder.createString(name)],
  ];
  if (quantization !== undefined) {
    const scale = floats(builder, quantization.scale);
    const zeroPoint = longs(builder, quantization.zeroPoint);
    fields.push([
      4,
      'offset',
      table(builder, [
        [2, 'offset', scale],
        [3, 'offset', zeroPoint],
        [6, 'int', quantization.axis],
      ]),
    ]);
  }
  if (openBatch === true) fields.push([7, 'offset', ints(builder, [-1, ...shape.slice(1)])]);
  return table(builder, fields);
}

function writeOperator(builder: Builder, operator: Operator, codes: Codes): number {
  const { union, fields }: OperatorFacts = OPERATORS[operator.kind];
  const code = codes.indexOf(operator);
  const options = union === 0 ? 0 : table(builder, optionFields(builder, operator, fields));
  const inputs = ints(builder, operator.inputs);
  const outputs = ints(builder, operator.outputs);
  return table(builder, [
    [0, 'int', code],
    [1, 'offset', inputs],
    [2, 'offset', outputs],
    ...(union === 0 ? [] : [[3, 'byte', union] as const, [4, 'offset', options] as const]),
  ]);
}

function optionFields(builder: Builder, operator: Operator, fields: OperatorFacts['fields']): Field[] {
  return Object.entries(operator.options).map(([name, value]) => {
    const field: OptionField | undefined = fields[name];
    if (field === undefined) throw new TypeError(`${operator.kind} has no option ${name}`);
    const [slot, stored, initial] = field;
    if (stored === 'ints') return [slot, 'offset', ints(builder, value as readonly number[])];
    return [slot, stored === 'bool' ? 'byte' : stored, Number(value), Number(initial ?? 0)];
  });
}

type Field = readonly [
  slot: number,
  stored: 'byte' | 'int' | 'float' | 'offset',
  value: number,
  initial?: number,
];

/** A table; fields that have their default are left out, as the format wants. */
function table(builder: Builder, fields: readonly Field[]): number {
  builder.startObject(fields.reduce((count, [slot]) => Math.max(count, slot + 1), 0));
  // Wider fields first: the builder works backwards, and padding between small fields is saved.
  for (const [slot, stored, value, initial = 0] of fields) {
    if (stored === 'offset') builder.addFieldOffset(slot, value, 0);
    else if (stored === 'int') builder.addFieldInt32(slot, value, initial);
    else if (stored === 'float') builder.addFieldFloat32(slot, value, initial);
  }
  for (const [slot, stored, value, initial = 0] of fields) {
    if (stored === 'byte') builder.addFieldInt8(slot, value, initial);
  }
  return builder.endObject();
}

function vector(
  builder: Builder,
  bytes: number,
  values: readonly number[],
  add: (value: number) => void,
): number {
  builder.startVector(bytes, values.length, bytes);
  for (const value of values.toReversed()) add(value);
  return builder.endVector();
}

const ints = (builder: Builder, values: readonly number[]): number =>
  vector(builder, 4, values, (value) => builder.addInt32(value));
const floats = (builder: Builder, values: readonly number[]): number =>
  vector(builder, 4, values, (value) => builder.addFloat32(value));
const longs = (builder: Builder, values: readonly number[]): number =>
  vector(builder, 8, values, (value) => builder.addInt64(BigInt(value)));
const offsets = (builder: Builder, values: readonly number[]): number =>
  vector(builder, 4, values, (value) => builder.addOffset(value));
