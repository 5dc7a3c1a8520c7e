// Models that tests serve: built once for a file of tests, in a folder of their own.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Graph } from '../../src/model/graph.ts';
import { makeModel } from '../../src/model/make.ts';
import { readBoth } from '../../src/model/convert.ts';
import { DEFAULT_LIMITS } from '../../src/model/gates/gate.ts';
import { readSamples } from '../../src/model/samples.ts';
import { writeTflite } from '../../src/model/tflite/write.ts';
import { digitsFile } from '../model/digits.ts';

/** A folder for models, gone after the tests of the file. */
export function modelFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-serve-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The reference model of handwritten digits by a recipe, as a `.tflite`. */
export async function digitsModel(
  recipe: 'int8' | 'none',
  io: 'float' | 'int8' = 'float',
): Promise<Uint8Array> {
  const { plain, float } = await readBoth(digitsFile('model.h5'));
  if (recipe === 'none') return writeTflite(float, '');
  const calibration = readSamples('/', digitsFile('calibration.npz'), float);
  const { file } = await makeModel(float, {
    name: 'digits',
    recipe,
    io,
    denseByChannel: true,
    plain,
    calibration,
    evaluation: calibration,
    limits: DEFAULT_LIMITS,
  });
  return file;
}

/** Put a model where TensorFlow Serving looks for it. */
export function place(folder: string, name: string, version: string, model: Uint8Array | Graph): string {
  const path = join(folder, name, version);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'model.tflite'), model instanceof Uint8Array ? model : writeTflite(model, ''));
  return join(folder, name);
}
