// Builds a model from its definition, in memory: nothing is written here.

import { join } from 'node:path';
import type { ModelLock } from '../fleet/model-lock.ts';
import { definitionDigest } from '../fleet/model-lock.ts';
import type { BuiltModelSpec } from '../fleet/spec.ts';
import { readBoth, type QuantizeOptions } from './convert.ts';
import type { GateResult } from './gates/gate.ts';
import { modelGates } from './gates/index.ts';
import { limitsOf } from './gates/limits-of.ts';
import { makeModel } from './make.ts';
import { estimateMemory } from './memory/estimate.ts';
import { buildImage, MODEL_ARCHITECTURES, type ModelImage } from './package/image.ts';
import { lockedInputs, sha256 } from './locked-inputs.ts';
import { departures } from './quantize/static-recipe.ts';
import { prepareLiteRt } from './runtime/litert.ts';
import { readSamples } from './samples.ts';
import { isOlder, parseRuntime } from './tflite/runtime.ts';

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
 * @param architectures of the classes that are to pull it
 * @throws UserError `FILE_READ`, `MODEL_DAMAGED`, `MODEL_UNSUPPORTED`, `CALIBRATION`
 */
export async function buildModel(
  spec: BuiltModelSpec,
  folder: string,
  breakwater: string,
  architectures: ReadonlySet<string> = new Set(),
): Promise<BuiltModel> {
  // It compiles on another thread while the network is read.
  prepareLiteRt();
  const inputs = lockedInputs(spec, folder);
  const { plain, float } = await readBoth(join(folder, spec.source));
  const calibration =
    spec.calibration === undefined ? undefined : readSamples(folder, spec.calibration, float);
  const evaluation = spec.evaluation === undefined ? undefined : readSamples(folder, spec.evaluation, float);
  const { built, file, removed, results } = await makeModel(float, {
    name: spec.name,
    ...quantizeOptions(spec),
    plain,
    calibration,
    evaluation,
    limits: limitsOf(spec),
    image: { platforms: MODEL_ARCHITECTURES, architectures },
  });
  const image = buildImage([{ path: `${spec.name}/${SERVED_VERSION}/model.tflite`, content: file }], {
    'org.opencontainers.image.title': spec.name,
  });
  const lock: ModelLock = {
    schemaVersion: 1,
    name: spec.name,
    definition: definitionDigest(spec),
    breakwater,
    ...inputs,
    file: { digest: sha256(file), bytes: file.byteLength },
    ...(removed.channels === 0 ? {} : { removed }),
    image: `${spec.repository}@${image.index.digest}`,
    interpreterBytes: estimateMemory(built, 'native').interpreter,
    gates: lockedGates(results),
  };
  return { lock, image, file, results };
}

/** The text of a lock file: the same lock, the same bytes. */
export const formatLock = (lock: ModelLock): string => `${JSON.stringify(lock, undefined, 2)}\n`;

/** How a definition wants its model quantized. */
export const quantizeOptions = (spec: BuiltModelSpec): QuantizeOptions => ({
  recipe: spec.recipe,
  io: spec.io ?? 'float',
  ...departures(spec.quantization ?? {}, !runsOld(spec)),
});

/** Whether the devices' runtime is older than scales by row of a matrix product. */
const runsOld = ({ runtime }: BuiltModelSpec): boolean =>
  runtime !== undefined && isOlder(parseRuntime(runtime), [2, 17]);

/** Verdicts that any machine comes to. */
const lockedGates = (results: readonly GateResult[]): ModelLock['gates'] =>
  results.flatMap(({ gate, verdict, message }) =>
    modelGates.find(({ id }) => id === gate)?.measured === true ? [] : [{ gate, verdict, message }],
  );
