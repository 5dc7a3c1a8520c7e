import { extname } from 'node:path';
import { UserError } from '../../errors.ts';
import { loadTfjs, PACKAGE, type BackendPlaces } from '../backend/tfjs.ts';
import { sha256 } from '../locked-inputs.ts';
import { trainingInputs, type Provenance, type TrainedSpec } from './provenance.ts';
import { seedOf } from './random.ts';
import { train, type TrainOptions } from './train.ts';
import { writeKerasH5 } from './write-h5.ts';

export interface MadeNetwork {
  /** The `.h5`; `undefined` where training was stopped before there was anything to keep. */
  readonly file: Uint8Array | undefined;
  readonly provenance: Provenance;
}

/**
 * Train the source of a model, in memory.
 * @param folder that the definition's paths are taken from
 * @throws UserError `BACKEND`, `TRAINING` for a source that is no `.h5`, and as {@link train}
 */
export async function makeTrained(
  spec: TrainedSpec,
  folder: string,
  places: BackendPlaces,
  options: TrainOptions,
): Promise<MadeNetwork> {
  if (extname(spec.source).toLowerCase() !== '.h5') {
    throw new UserError(
      'TRAINING',
      `the source of ${spec.name} is ${spec.source}, and what training writes is a .h5`,
      'name a .h5 as source',
    );
  }
  const inputs = trainingInputs(spec.training, folder);
  const tf = loadTfjs('training', places);
  const { network, passes, stopped } = await train(tf, spec, folder, options);
  const content = await writeKerasH5(network);
  return {
    file: passes.length > 1 ? content : undefined,
    provenance: {
      schemaVersion: 1,
      training: spec.training,
      seed: seedOf(spec.training),
      ...inputs,
      backend: {
        [PACKAGE]: tf.version['tfjs-node'] ?? 'unknown',
        tensorflow: tf.backend().binding.TF_Version,
      },
      result: { path: spec.source, digest: sha256(content) },
      ...(stopped === undefined ? {} : { stopped }),
      passes,
    },
  };
}
