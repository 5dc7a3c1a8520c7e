// Benchmark: what the memory estimate says beside what the runtime's memory grows by, instance after instance.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quantize, readSource, type Recipe } from '../../model/convert.ts';
import { elements, type Graph } from '../../model/graph.ts';
import { estimateMemory } from '../../model/memory/estimate.ts';
import { closed } from '../../model/quantize/calibrate.ts';
import { startLiteRt } from '../../model/runtime/litert.ts';
import { readTflite } from '../../model/tflite/read.ts';
import { writeTflite } from '../../model/tflite/write.ts';
import { NETWORKS } from './networks.ts';
import { seeded } from './random.ts';

export interface MemoryFigures {
  readonly network: string;
  /** Bytes that one more instance takes, its file, inputs and outputs included. */
  readonly measured: number;
  readonly estimated: number;
}

/** The first instances fill gaps that loading left behind. */
const WARM_UP = 3;
const INSTANCES = 8;
const RECIPES: readonly Recipe[] = ['none', 'int8', 'dynamic', 'float16'];
const SAMPLES = 4;

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Load the same file again and again into a runtime of its own, and see how its memory grows. */
export async function measureInstance(graph: Graph): Promise<number> {
  const runtime = await startLiteRt();
  const file = writeTflite(closed(graph), '');
  const once = async (): Promise<number> => {
    const model = await runtime.load(file);
    await model.run(model.inputs.map(({ bytes }) => new Uint8Array(bytes)));
    return model.outputs.reduce((sum, { bytes }) => sum + bytes, 0);
  };
  for (let instance = 0; instance < WARM_UP; instance++) await once();
  const before = runtime.usedBytes();
  let ends = 0;
  for (let instance = 0; instance < INSTANCES; instance++) ends = await once();
  return (runtime.usedBytes() - before) / INSTANCES + ends;
}

/** Estimate and measure one network. */
export async function compareMemory(network: string, graph: Graph): Promise<MemoryFigures> {
  const estimated = estimateMemory(graph).interpreter + writeTflite(graph, '').byteLength;
  return { network, measured: await measureInstance(graph), estimated };
}

/** A float network by a recipe, calibrated on noise. */
export function byRecipe(float: Graph, recipe: Recipe): Promise<Graph> {
  const random = seeded(6);
  const sample = (): readonly Float32Array[] =>
    float.inputs.map((index) =>
      Float32Array.from({ length: elements(float.tensors[index]!.shape) }, () => random.uniform() - 0.5),
    );
  const calibrated = recipe === 'int8' || recipe === 'int16x8';
  const samples = calibrated ? Array.from({ length: SAMPLES }, sample) : [];
  return quantize(float, samples, { recipe, io: 'float', denseByChannel: true });
}

/** Every network by every recipe, and the files of Google's converter where BREAKWATER_GOLDEN names their folder. */
export async function benchMemory(): Promise<readonly MemoryFigures[]> {
  const figures: MemoryFigures[] = [];
  const digits = await readSource(join(root, 'fleets/models/digits-cnn/model.h5'));
  const all = { 'digits-cnn': () => digits, ...NETWORKS };
  for (const [name, make] of Object.entries(all)) {
    const float = make();
    for (const recipe of RECIPES)
      figures.push(await compareMemory(`${name}, ${recipe}`, await byRecipe(float, recipe)));
  }
  const golden = process.env['BREAKWATER_GOLDEN'];
  if (golden !== undefined)
    for (const file of GOLDEN)
      figures.push(await compareMemory(file, readTflite(readFileSync(join(golden, file)))));
  return figures;
}

const GOLDEN = [
  'digits-cnn/float.tflite',
  'digits-cnn/int8.tflite',
  'mlperf-tiny/pretrainedResnet.tflite',
  'mlperf-tiny/pretrainedResnet_quant.tflite',
  'mlperf-tiny/str_ww_ref_model.tflite',
] as const;

export const formatMemoryBench = (figures: readonly MemoryFigures[]): string =>
  [
    'memory: what the estimate says beside what one more instance on LiteRT takes, file, inputs and outputs included',
    ...figures.map(
      ({ network, measured, estimated }) =>
        `  ${network}: estimated ${kib(estimated)}, measured ${kib(measured)}: ${(100 * (estimated / measured - 1)).toFixed(1)} % over`,
    ),
    '',
  ].join('\n');

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`;
