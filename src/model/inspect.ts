// What a model's file holds, in numbers.

import { planArena } from './arena.ts';
import { elements, type Graph, type Tensor } from './graph.ts';
import { constantBytes } from './layer-bytes.ts';
import { estimateMemory } from './memory/estimate.ts';
import { operatorVersion } from './tflite/versions.ts';

export interface Ending {
  readonly name: string;
  readonly type: Tensor['type'];
  /** −1 where the batch is open. */
  readonly shape: readonly number[];
  /** Of a quantized tensor. */
  readonly scale?: number;
  readonly zeroPoint?: number;
}

export interface OperatorStep {
  readonly operator: string;
  readonly version: number;
  readonly output: string;
  readonly type: Tensor['type'];
  readonly shape: readonly number[];
  /** Bytes of its constants. */
  readonly constantBytes: number;
  /** Bytes of activations that are alive while it runs. */
  readonly aliveBytes: number;
}

export interface ModelDescription {
  readonly file: string;
  readonly bytes: number;
  /** As it goes over a line that compresses; where it was asked for. */
  readonly gzipBytes?: number;
  readonly inputs: readonly Ending[];
  readonly outputs: readonly Ending[];
  /** How many values its constants have. */
  readonly parameters: number;
  readonly arenaBytes: number;
  /** Of one interpreter at its peak, on a 64-bit processor. */
  readonly interpreterBytes: number;
  /** Of one interpreter at its peak, on LiteRT in WebAssembly. */
  readonly wasmInterpreterBytes: number;
  readonly operators: readonly OperatorStep[];
}

/** Describe a graph as it was read, with the file it came from. */
export function describeModel(graph: Graph, file: string, bytes: number): ModelDescription {
  const arena = planArena(graph);
  const constants = graph.tensors.flatMap(({ data, shape }) => (data === undefined ? [] : [elements(shape)]));
  return {
    file,
    bytes,
    inputs: graph.inputs.map((index) => ending(graph.tensors[index]!)),
    outputs: graph.outputs.map((index) => ending(graph.tensors[index]!)),
    parameters: constants.reduce((sum, count) => sum + count, 0),
    arenaBytes: arena.bytes,
    interpreterBytes: estimateMemory(graph, 'native').interpreter,
    wasmInterpreterBytes: estimateMemory(graph).interpreter,
    operators: graph.operators.map((operator, step) => {
      const { name, type, shape } = graph.tensors[operator.outputs[0]!]!;
      return {
        operator: operator.kind,
        version: operator.version ?? operatorVersion(operator, graph),
        output: name,
        type,
        shape,
        constantBytes: constantBytes(graph, operator),
        aliveBytes: arena.alive[step]!,
      };
    }),
  };
}

const ending = ({ name, type, shape, openBatch, quantization }: Tensor): Ending => ({
  name,
  type,
  shape: openBatch === true ? [-1, ...shape.slice(1)] : shape,
  ...(quantization === undefined
    ? {}
    : { scale: quantization.scale[0]!, zeroPoint: quantization.zeroPoint[0]! }),
});
