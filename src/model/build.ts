// Builds a model from its definition, in memory: nothing is written here.

import { join } from 'node:path';
import type { ModelLock } from '../fleet/model-lock.ts';
import { definitionDigest } from '../fleet/model-lock.ts';
import type { BuiltModelSpec } from '../fleet/spec.ts';
import { parseBytes } from '../fleet/units.ts';
import { readSource } from './convert.ts';
import { DEFAULT_LIMITS, type GateLimits, type GateResult } from './gates/gate.ts';
import { makeModel } from './make.ts';
import { estimateMemory } from './memory.ts';
import { buildImage, type ModelImage } from './package/image.ts';
import { lockedInputs, sha256 } from './locked-inputs.ts';
import { readSamples } from './samples.ts';

export interface BuiltModel {
  readonly lock: ModelLock;
  readonly image: ModelImage;
  readonly file: Uint8Array;
  readonly results: readonly GateResult[];
}

/** Version of the model in its image, as TensorFlow Serving counts them: the digest tells models apart, not this. */
const SERVED_VERSION = 1;

/**
 * Convert, quantize, judge and package a model.
 *
 * @param folder that the definition's paths are taken from
 * @param breakwater version of this tool, for the lock
 * @throws UserError `FILE_READ`, `MODEL_DAMAGED`, `MODEL_UNSUPPORTED`, `CALIBRATION`
 */
export async function buildModel(
  spec: BuiltModelSpec,
  folder: string,
  breakwater: string,
): Promise<BuiltModel> {
  const float = await readSource(join(folder, spec.source));
  const calibration =
    spec.calibration === undefined ? undefined : readSamples(folder, spec.calibration, float);
  const evaluation = spec.evaluation === undefined ? undefined : readSamples(folder, spec.evaluation, float);
  const { built, file, results } = await makeModel(float, {
    name: spec.name,
    recipe: spec.recipe,
    io: spec.io ?? 'float',
    denseByChannel: true,
    calibration,
    evaluation,
    limits: limitsOf(spec),
  });
  const image = buildImage([{ path: `${spec.name}/${SERVED_VERSION}/model.tflite`, content: file }], {
    'org.opencontainers.image.title': spec.name,
  });
  const lock: ModelLock = {
    schemaVersion: 1,
    name: spec.name,
    definition: definitionDigest(spec),
    breakwater,
    ...lockedInputs(spec, folder),
    file: { digest: sha256(file), bytes: file.byteLength },
    image: `${spec.repository}@${image.index.digest}`,
    interpreterBytes: estimateMemory(built).interpreter,
    gates: results.map(({ gate, verdict, message }) => ({ gate, verdict, message })),
  };
  return { lock, image, file, results };
}

/** The text of a lock file: the same lock, the same bytes. */
export const formatLock = (lock: ModelLock): string => `${JSON.stringify(lock, undefined, 2)}\n`;

function limitsOf({ budget = {} }: BuiltModelSpec): GateLimits {
  const { size, peakMemory, accuracyDropPoints } = budget;
  return {
    ...DEFAULT_LIMITS,
    ...(size === undefined ? {} : { bytes: parseBytes(size) }),
    ...(peakMemory === undefined ? {} : { peakMemoryBytes: parseBytes(peakMemory) }),
    ...(accuracyDropPoints === undefined ? {} : { accuracyDropPoints }),
  };
}
