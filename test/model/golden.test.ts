import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readSource } from '../../src/model/convert.ts';
import { removeDeadChannels } from '../../src/model/passes/dead-channels.ts';
import { observe } from '../../src/model/quantize/calibrate.ts';
import { quantizeInt8, type Int8Options } from '../../src/model/quantize/int8.ts';
import { fuse } from '../../src/model/passes/fuse.ts';
import { convertKeras } from '../../src/model/read/convert-keras.ts';
import { readKerasH5 } from '../../src/model/read/keras-h5.ts';
import { loadLiteRt } from '../../src/model/runtime/litert.ts';
import { reference } from '../../src/model/runtime/reference/reference.ts';
import type { Graph } from '../../src/model/graph.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';
import {
  activationPairs,
  asTensorFlow23,
  equalConstants,
  golden,
  goldenFolder,
  goldenGraph,
  goldenSamples,
  int8Outputs,
  pictures,
  rangesOf,
  ulps,
} from './golden.ts';

// Held against files of Google's converter, in the folder that BREAKWATER_GOLDEN names: digits-cnn/ and mlperf-tiny/.

const BARE: Int8Options = { io: 'int8', denseByChannel: true };
/** The MLPerf files are older than scales by row of a matrix product. */
const OLD: Int8Options = { io: 'int8', denseByChannel: false };

type Samples = readonly (readonly Float32Array[])[];
type Figures = Readonly<Record<string, number>>;

const observed = async (float: Graph, samples: Samples, options: Int8Options): Promise<Graph> =>
  quantizeInt8(float, await observe(float, samples, await loadLiteRt()), options);

/** What is equal between two int8 networks. */
async function compare(ours: Graph, theirs: Graph, samples: Samples): Promise<Figures> {
  const pairs = activationPairs(ours, theirs).map(([a, b]) => [a.quantization!, b.quantization!] as const);
  const distances = pairs.map(([a, b]) => ulps(a.scale[0]!, b.scale[0]!));
  const constants = equalConstants(ours, theirs);
  const [mine, other] = [await int8Outputs(ours, samples), await int8Outputs(theirs, samples)];
  const byReference = (await int8Outputs(theirs, samples, reference)).flat();
  return {
    constants: constants.of,
    constantsThatDiffer: constants.of - constants.equal,
    scales: pairs.length,
    ulpsApart: Math.max(...distances),
    zeroPointsThatDiffer: pairs.filter(([a, b]) => a.zeroPoint[0] !== b.zeroPoint[0]).length,
    outputs: mine.flat().length,
    outputsThatDiffer: mine.flat().filter((code, at) => code !== other.flat()[at]).length,
    outputsUnlikeReferenceKernels: other.flat().filter((code, at) => code !== byReference[at]).length,
    bytes: writeTflite(ours, '').byteLength,
  };
}

/** Folded as by the converter that made the file; that of 2.21 differs in last bits. */
async function readOlder(file: string): Promise<Graph> {
  const model = await readKerasH5(golden(file));
  return fuse(asTensorFlow23(model, convertKeras(model)));
}

async function wakeword(): Promise<Figures> {
  const samples = goldenSamples('mlperf-tiny/calibration_samples.npz', 'specs');
  const ours = await observed(await readOlder('mlperf-tiny/str_ww_ref_model.h5'), samples, OLD);
  return compare(ours, goldenGraph('mlperf-tiny/str_ww_ref_model.tflite'), samples);
}

/** Its calibration set is not at hand, so the official ranges are taken; logits, since probabilities round to 0 and 1. */
async function resnet8(): Promise<Figures> {
  const float = await readSource(golden('mlperf-tiny/pretrainedResnet.h5'));
  const theirs = goldenGraph('mlperf-tiny/pretrainedResnet_quant.tflite');
  const logits = (graph: Graph): Graph => ({
    ...graph,
    operators: graph.operators.slice(0, -1),
    outputs: graph.operators.at(-2)!.outputs,
  });
  const ours = quantizeInt8(float, rangesOf(float, theirs), OLD);
  return compare(logits(ours), logits(theirs), pictures(40, 32));
}

async function digits(): Promise<Figures> {
  const ours = await observed(
    await readSource(golden('digits-cnn/model.h5')),
    goldenSamples('digits-cnn/calibration.npz', 'x'),
    BARE,
  );
  return compare(ours, goldenGraph('digits-cnn/int8.tflite'), goldenSamples('digits-cnn/test.npz', 'x'));
}

async function resnet8Bytes(): Promise<Figures> {
  const float = await readSource(golden('mlperf-tiny/pretrainedResnet.h5'));
  const built = await observed(float, pictures(20, 32), BARE);
  return { bytes: writeTflite(built, '').byteLength };
}

/** Not in every folder of golden files: 73 % of its weights are below 1e-20. */
async function visualWakeWords(): Promise<Figures> {
  const float = await readOlder('mlperf-tiny/vww_96.h5');
  const theirs = goldenGraph('mlperf-tiny/vww_96_int8.tflite');
  const whole = quantizeInt8(float, rangesOf(float, theirs), OLD);
  const { graph, channels } = removeDeadChannels(whole);
  const samples = pictures(300, 96).map(([one]) => [one!.map((value) => value / 255)]);
  const logits = async (one: Graph): Promise<readonly number[]> => {
    const operators = one.operators.slice(0, -1);
    return (await int8Outputs({ ...one, operators, outputs: operators.at(-1)!.outputs }, samples)).flat();
  };
  const [before, after, official] = [await logits(whole), await logits(graph), await logits(theirs)];
  return {
    channels,
    outputs: after.length,
    differentCodes: new Set(after).size,
    outputsThatDiffer: after.filter((code, at) => code !== before[at]).length,
    outputsUnlikeOfficial: after.filter((code, at) => code !== official[at]).length,
    bytes: writeTflite(graph, '').byteLength,
  };
}

async function digitsBytes(): Promise<Figures> {
  const sizeOf = (file: string): number => readFileSync(golden(file)).byteLength;
  return { float: sizeOf('digits-cnn/float.tflite'), int8: sizeOf('digits-cnn/int8.tflite') };
}

const ALL: readonly (readonly [title: string, figures: () => Promise<Figures>, expected: Figures])[] = [
  [
    'wakeword, folded as by TensorFlow 2.3, has every code and every scale of the official file',
    wakeword,
    {
      constants: 46883,
      constantsThatDiffer: 0,
      scales: 12,
      ulpsApart: 0,
      zeroPointsThatDiffer: 0,
      outputs: 135,
      outputsThatDiffer: 0,
      outputsUnlikeReferenceKernels: 0,
      bytes: 73200,
    },
  ],
  [
    'ResNet8 with the official ranges is the official file but for two codes; all logits are equal',
    resnet8,
    {
      constants: 77706,
      constantsThatDiffer: 2,
      scales: 16,
      ulpsApart: 0,
      zeroPointsThatDiffer: 0,
      outputs: 400,
      outputsThatDiffer: 0,
      outputsUnlikeReferenceKernels: 0,
      bytes: 92_352,
    },
  ],
  [
    'digits-cnn has every code and every scale that TensorFlow 2.21 gives it',
    digits,
    {
      constants: 6090,
      constantsThatDiffer: 0,
      scales: 8,
      ulpsApart: 0,
      zeroPointsThatDiffer: 0,
      outputs: 5970,
      outputsThatDiffer: 0,
      outputsUnlikeReferenceKernels: 0,
      bytes: 10080,
    },
  ],
  ['ResNet8 takes less than the 95,568 bytes of TensorFlow 2.21', resnet8Bytes, { bytes: 92_624 }],
  [
    'the files of TensorFlow 2.21 that tests elsewhere go by are these',
    digitsBytes,
    { float: 28_236, int8: 11_968 },
  ],
];

const HERE = existsSync(golden('mlperf-tiny/vww_96.h5'))
  ? [
      ...ALL,
      [
        'visual wake words gives the same logits without its dead channels, in a fifth of the official 333,288 bytes',
        visualWakeWords,
        {
          channels: 1722,
          outputs: 600,
          differentCodes: 103,
          outputsThatDiffer: 0,
          outputsUnlikeOfficial: 5,
          bytes: 70_560,
        },
      ] as const,
    ]
  : ALL;

const NONE: typeof ALL = [
  ['golden files were not compared: BREAKWATER_GOLDEN names no folder', () => Promise.resolve({}), {}],
];

test.each(goldenFolder === undefined ? NONE : HERE)('%s', async (_title, figures, expected) => {
  expect(await figures()).toEqual(expected);
});
