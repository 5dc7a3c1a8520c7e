// What a trained network came from, as it stands beside it: training is not done twice to check it.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { definitionDigest, type LockedFile } from '../../fleet/model-lock.ts';
import type { BuiltModelSpec, TrainingSpec } from '../../fleet/spec.ts';
import { lockedFile } from '../locked-inputs.ts';
import { readFile } from '../read-file.ts';
import type { PassReport } from './train.ts';

export interface Provenance {
  readonly schemaVersion: 1;
  /** As it was defined. */
  readonly training: TrainingSpec;
  /** That it was trained with, defined or not. */
  readonly seed: number;
  /** The network that it began with, and its teacher. */
  readonly from: LockedFile;
  readonly student?: LockedFile;
  readonly data: LockedFile;
  /** Packages that trained, with their versions. */
  readonly backend: Readonly<Record<string, string>>;
  /** The network that came of it. */
  readonly result: LockedFile;
  /** What was cut short, where somebody stopped it. */
  readonly stopped?: string;
  /** What each pass left; accuracy on the evaluation set, or on what was held out. */
  readonly passes: readonly PassReport[];
}

/** A model whose source is trained here. */
export type TrainedSpec = BuiltModelSpec & { readonly training: TrainingSpec };

export const isTrained = (spec: BuiltModelSpec): spec is TrainedSpec => spec.training !== undefined;

/** Path of the provenance of a network. */
export const provenancePath = (source: string): string => `${source}.lock.json`;

export const formatProvenance = (provenance: Provenance): string =>
  `${JSON.stringify(provenance, undefined, 2)}\n`;

/** The files that training reads, by content. @throws UserError `FILE_READ` */
export function trainingInputs(
  { from, data, distil }: TrainingSpec,
  folder: string,
): Pick<Provenance, 'from' | 'student' | 'data'> {
  return {
    from: lockedFile(from, folder),
    ...(distil?.student === undefined ? {} : { student: lockedFile(distil.student, folder) }),
    data: lockedFile(data, folder),
  };
}

/** What was found of a trained network. */
export interface ProvenanceCheck {
  /** What is not as its provenance says, each a clause; none where all is well. */
  readonly problems: readonly string[];
  /** Files that are not here, so that they were not compared. */
  readonly absent: readonly string[];
  /** As it was written; `undefined` where there is none that can be read. */
  readonly provenance: Provenance | undefined;
}

/**
 * Compare a trained network and what it came from with its provenance. Data need not be here.
 * @throws UserError `FILE_READ` for a path outside the project
 */
export function checkProvenance({ source, training }: TrainedSpec, folder: string): ProvenanceCheck {
  const provenance = readProvenance(join(folder, provenancePath(source)));
  if (provenance === undefined)
    return { problems: [`it has no ${provenancePath(source)}`], absent: [], provenance };
  const problems: string[] = [];
  if (definitionDigest(provenance.training) !== definitionDigest(training))
    problems.push('its training is defined otherwise now');
  const files = [provenance.result, provenance.from, provenance.student, provenance.data];
  const absent: string[] = [];
  for (const known of files) {
    if (known === undefined) continue;
    if (!existsSync(join(folder, known.path))) {
      if (known === provenance.data) absent.push(known.path);
      else problems.push(`${known.path} is not there`);
    } else if (lockedFile(known.path, folder).digest !== known.digest)
      problems.push(`${known.path} has changed`);
  }
  if (provenance.result.path !== source) problems.push(`it tells of ${provenance.result.path}`);
  return { problems, absent, provenance };
}

/**
 * Before a model is built of a network that is trained here: that the network is what its definition makes.
 * @throws UserError `TRAINING`
 */
export function assertTrained(spec: TrainedSpec, folder: string): void {
  const { problems } = checkProvenance(spec, folder);
  if (problems.length === 0) return;
  throw new UserError(
    'TRAINING',
    `${spec.source} is not what the training of ${spec.name} makes: ${problems.join(', ')}`,
    `run breakwater train ${spec.name}, and commit ${spec.source} with ${provenancePath(spec.source)}`,
  );
}

function readProvenance(path: string): Provenance | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const value = JSON.parse(Buffer.from(readFile(path)).toString('utf8')) as Partial<Provenance> | null;
    const whole = value?.schemaVersion === 1 && value.training && value.result && value.from && value.data;
    return whole ? (value as Provenance) : undefined;
  } catch {
    return undefined;
  }
}
