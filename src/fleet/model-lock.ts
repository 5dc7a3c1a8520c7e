// What `breakwater build` made of a model, as committed in fleets/models/<name>.lock.json. It is all that synthesis and
// checks need of a model: neither loads one.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { ImageLock } from './image-lock.ts';
import { shortPath } from './import-errors.ts';
import { readJson } from './read-json.ts';
import type { BuiltModelSpec, FleetSpec, ModelSpec, TrainingSpec } from './spec.ts';
import { formatBytes } from './units.ts';

/** A file and the digest of its content. */
export interface LockedFile {
  readonly path: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
}

/** One gate's verdict on what was built. */
export interface LockedGate {
  readonly gate: string;
  readonly verdict: 'PASS' | 'FAIL' | 'INSUFFICIENT' | 'WARN';
  readonly message: string;
}

export interface ModelLock {
  readonly schemaVersion: 1;
  readonly name: string;
  /** Digest of the definition that it was built from. */
  readonly definition: string;
  /** Version of Breakwater that built it. */
  readonly breakwater: string;
  readonly source: LockedFile;
  readonly calibration?: LockedFile;
  readonly evaluation?: LockedFile;
  /** The file that ships. */
  readonly file: { readonly digest: string; readonly bytes: number };
  /** Dead channels that the file does without, and how many bytes it would be larger with them; absent where there are none. */
  readonly removed?: { readonly channels: number; readonly bytes: number };
  /** The image that holds it, by digest. */
  readonly image: string;
  /** Bytes of one interpreter at its peak, on a 64-bit processor; LiteRT in WebAssembly takes less. */
  readonly interpreterBytes: number;
  readonly gates: readonly LockedGate[];
}

/** A model that is built, and what was built of it last. */
export interface LockedModel {
  /** Key in the fleet's `models`. */
  readonly key: string;
  readonly spec: BuiltModelSpec;
  readonly lock: ModelLock;
}

export const isBuilt = (model: ModelSpec | BuiltModelSpec): model is BuiltModelSpec => 'source' in model;

/** Path of a model's lock file from the folder of the fleet's definition. */
export const lockPath = (name: string): string => `models/${name}.lock.json`;

/** Digest of a definition, or of a part of one: of its values in order of keys, not of how it is written. */
export function definitionDigest(spec: BuiltModelSpec | TrainingSpec): string {
  const sorted = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, sorted(inner)]),
        )
      : value;
  return `sha256:${createHash('sha256')
    .update(JSON.stringify(sorted(spec)))
    .digest('hex')}`;
}

/** A definition as it was written, its models not yet built or looked up. */
export type WrittenFleet = FleetSpec<
  string,
  string,
  NonNullable<FleetSpec['workloads']>[string],
  ModelSpec | BuiltModelSpec
>;

/**
 * Put what was built in the place of models that are built.
 *
 * @param folder absolute folder of the definition
 * @throws UserError `MODEL_LOCK` where a model was never built or its lock cannot be read
 */
export function resolveModels(
  written: WrittenFleet,
  folder: string,
  cwd: string,
): { readonly spec: FleetSpec; readonly built: readonly LockedModel[] } {
  const { models, ...rest } = written;
  if (models === undefined) return { spec: rest, built: [] };
  const built = Object.entries(models).flatMap(([key, spec]): LockedModel[] =>
    isBuilt(spec) ? [{ key, spec, lock: readLock(spec, folder, cwd) }] : [],
  );
  const resolved = Object.entries(models).map(([key, spec]): readonly [string, ModelSpec] => {
    const locked = built.find((one) => one.key === key);
    return [key, locked === undefined ? (spec as ModelSpec) : prebuilt(locked)];
  });
  return { spec: { ...rest, models: Object.fromEntries(resolved) }, built };
}

const prebuilt = ({ spec, lock }: LockedModel): ModelSpec => ({
  name: spec.name,
  image: lock.image,
  size: formatBytes(lock.file.bytes),
  peakMemory: formatBytes(Math.ceil(lock.interpreterBytes / 1024) * 1024),
});

/** What is known of the images that were built: they name every architecture that a class may have. */
export const builtImages = (built: readonly LockedModel[]): ImageLock =>
  Object.fromEntries(
    built.map(({ spec, lock }) => [
      lock.image,
      { platforms: ['linux/amd64', 'linux/arm', 'linux/arm64'], source: lockPath(spec.name) },
    ]),
  );

function readLock({ name }: BuiltModelSpec, folder: string, cwd: string): ModelLock {
  const path = join(folder, lockPath(name));
  const file = shortPath(path, cwd);
  const hint = 'run breakwater build and commit the lock file';
  if (!existsSync(path))
    throw new UserError('MODEL_LOCK', `model ${name} was never built: there is no ${file}`, hint);
  const lock = readJson(path, file, 'MODEL_LOCK');
  if (!isLock(lock))
    throw new UserError('MODEL_LOCK', `${file} is not a lock that breakwater build writes`, hint);
  return lock;
}

/** What a lock file holds; `undefined` where there is none, or nothing that can be trusted. */
export function existingLock(path: string): ModelLock | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const lock = readJson(path, path, 'MODEL_LOCK');
    return isLock(lock) ? lock : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a lock is of this definition and of these inputs. */
export function matches(
  lock: ModelLock,
  spec: BuiltModelSpec,
  inputs: Pick<ModelLock, 'source' | 'calibration' | 'evaluation'>,
): boolean {
  return (
    lock.definition === definitionDigest(spec) &&
    (['source', 'calibration', 'evaluation'] as const).every(
      (input) => lock[input]?.digest === inputs[input]?.digest,
    )
  );
}

function isLock(value: unknown): value is ModelLock {
  const lock = value as Partial<ModelLock> | null;
  return (
    lock?.schemaVersion === 1 &&
    typeof lock.definition === 'string' &&
    typeof lock.image === 'string' &&
    typeof lock.file?.bytes === 'number' &&
    typeof lock.interpreterBytes === 'number' &&
    Array.isArray(lock.gates)
  );
}
