import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Builder } from 'flatbuffers';
import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { quantize, readSource, simplify } from '../../src/model/convert.ts';
import { describeModel } from '../../src/model/inspect.ts';
import { foldConstants } from '../../src/model/passes/fold-constants.ts';
import { fuse } from '../../src/model/passes/fuse.ts';
import { zipEntries } from '../../src/model/npz.ts';
import { convertKeras } from '../../src/model/read/convert-keras.ts';
import { parseKerasConfig } from '../../src/model/read/keras-model.ts';
import { readKerasZip } from '../../src/model/read/keras-zip.ts';
import { readSamples } from '../../src/model/samples.ts';
import { readTflite } from '../../src/model/tflite/read.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';
import { project } from '../project.ts';
import { digitsFile, digitsSamples } from './digits.ts';

/** Numbers from a seed (mulberry32): the same files on each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** A file with up to eight bytes or words changed, most of them outside the weights, or cut off. */
function mutated(file: Uint8Array, next: (below: number) => number): Uint8Array {
  const copy = new Uint8Array(file);
  const view = new DataView(copy.buffer);
  for (let left = 1 + next(8); left > 0; left--) {
    const at = next(next(2) === 0 ? 2500 : copy.byteLength - 4);
    if (next(2) === 0) copy[at] = next(256);
    else
      view.setUint32(
        at & ~3,
        [0, 1, 0xffffffff, 0x7fffffff, copy.byteLength, next(copy.byteLength)][next(6)]!,
        true,
      );
  }
  return next(10) === 0 ? copy.subarray(0, next(copy.byteLength)) : copy;
}

/** What came of reading: `read`, the code of a refusal, or what should not be. */
function outcome(work: () => unknown): string {
  try {
    work();
    return 'read';
  } catch (error) {
    return error instanceof UserError ? error.code : String(error instanceof Error ? error.stack : error);
  }
}

test('of 10,000 damaged files, each is read or refused; none crashes, hangs, or takes more than four times its size', async () => {
  const float = await readSource(digitsFile('model.h5'));
  const samples = digitsSamples('calibration.npz')
    .slice(0, 3)
    .map((sample) => [sample]);
  const int8 = await quantize(float, samples, { recipe: 'int8', io: 'float', denseByChannel: true });
  const half = await quantize(float, [], { recipe: 'float16', io: 'float', denseByChannel: true });
  const files = [int8, half, float].map((graph) => writeTflite(graph, 'fuzz'));
  const next = numbers(20_261_125);
  const counts = new Map<string, number>();
  let slowest = 0;
  for (let round = 0; round < 10_000; round++) {
    const file = mutated(files[round % files.length]!, next);
    const started = performance.now();
    const read = outcome(() => {
      const graph = readTflite(file);
      describeModel(graph, 'x', file.byteLength);
      fuse(foldConstants(graph));
    });
    slowest = Math.max(slowest, performance.now() - started);
    counts.set(read, (counts.get(read) ?? 0) + 1);
  }
  expect([...counts.keys()].toSorted()).toEqual(['MODEL_DAMAGED', 'MODEL_UNSUPPORTED', 'read']);
  expect(slowest).toBeLessThan(1000);
});

const TRAINED = ['model.h5', 'model.keras', 'calibration.npz'] as const;

test('of 300 damaged networks and samples, each is read or refused in words', async () => {
  const float = await readSource(digitsFile('model.h5'));
  const folder = project({});
  const next = numbers(6);
  const counts = new Map<string, number>();
  for (const name of TRAINED) {
    const whole = readFileSync(digitsFile(name));
    for (let round = 0; round < 100; round++) {
      writeFileSync(join(folder, name), mutated(whole, next));
      let read: string;
      try {
        if (name === 'calibration.npz') readSamples(folder, name, float);
        else await readSource(join(folder, name));
        read = 'read';
      } catch (error) {
        read = error instanceof UserError ? error.code : String(error instanceof Error ? error.stack : error);
      }
      counts.set(read, (counts.get(read) ?? 0) + 1);
    }
  }
  expect([...counts.keys()].toSorted()).toEqual(['MODEL_DAMAGED', 'MODEL_UNSUPPORTED', 'read']);
});

/** Values that a configuration may be damaged into. */
const ODD = ['null', '0', '-1', '1e9', '"x"', '[]', '{}', 'true', '[1, 2, 3]', '0.5'];

test('of 1,000 damaged architectures, each is followed or refused in words', async () => {
  const text = zipEntries(readFileSync(digitsFile('model.keras')), 'model.keras').get('config.json')!;
  const config = Buffer.from(text).toString('utf8');
  const { weights } = await readKerasZip(digitsFile('model.keras'));
  const values = [...config.matchAll(/(?<=[:,[] ?)(?:-?[\d.]+|null|true|false|"[^"]*"|\[\])(?=[,}\]])/g)];
  const next = numbers(7);
  const counts = new Map<string, number>();
  for (let round = 0; round < 1000; round++) {
    const { index, 0: old } = values[next(values.length)]!;
    const odd = config.slice(0, index) + ODD[next(ODD.length)]! + config.slice(index + old.length);
    const read = outcome(() => simplify(convertKeras(parseKerasConfig(odd, weights))));
    counts.set(read, (counts.get(read) ?? 0) + 1);
  }
  expect([...counts.keys()].toSorted()).toEqual(['MODEL_DAMAGED', 'MODEL_UNSUPPORTED', 'read']);
});

/** A file of 200 tensors that share one shape of 2,000 dimensions: 3 MB of numbers from 14 kB. */
function overlapping(): Uint8Array {
  const builder = new Builder();
  builder.startVector(4, 2000, 4);
  for (let left = 2000; left > 0; left--) builder.addInt32(1);
  const shape = builder.endVector();
  const tensors = Array.from({ length: 200 }, () => {
    builder.startObject(1);
    builder.addFieldOffset(0, shape, 0);
    return builder.endObject();
  });
  const vector = (offsets: readonly number[]): number => {
    builder.startVector(4, offsets.length, 4);
    for (const offset of offsets) builder.addOffset(offset);
    return builder.endVector();
  };
  const table = (slot: number, offset: number): number => {
    builder.startObject(slot + 1);
    builder.addFieldOffset(slot, offset, 0);
    return builder.endObject();
  };
  const subgraph = table(0, vector(tensors));
  builder.startObject(0);
  const buffers = vector([builder.endObject()]);
  const subgraphs = vector([subgraph]);
  builder.startObject(5);
  builder.addFieldOffset(2, subgraphs, 0);
  builder.addFieldOffset(4, buffers, 0);
  builder.finish(builder.endObject(), 'TFL3');
  return builder.asUint8Array();
}

test('vectors that lie one upon another are refused before they are made', () => {
  expect(() => readTflite(overlapping())).toThrow('the file is damaged: its vectors lie one upon another');
});
