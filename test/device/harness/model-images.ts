// The reference fleets' model as Breakwater builds and pushes it.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelLock } from '../../../src/fleet/model-lock.ts';
import { sha256 } from '../../../src/model/locked-inputs.ts';
import { createRepository } from '../../harness/repository.ts';
import { HOST, type Registry } from './registry.ts';

export interface PushedModel {
  readonly lock: ModelLock;
  /** What pods ask for. */
  readonly image: string;
  /** The file that ships. */
  readonly file: Uint8Array;
  /** Folder of the image's layout. */
  readonly layout: string;
}

/**
 * Build the model with `breakwater build` and bring it to the registry with `breakwater push`.
 * @param recipe another one than the fleet's
 */
export async function pushDigits(
  folder: string,
  registry: Registry,
  recipe: 'int8' | 'dynamic' = 'int8',
): Promise<PushedModel> {
  const repository = createRepository(folder, process.cwd());
  const definition = 'fleets/models/digits.ts';
  repository.write(
    definition,
    repository.read(definition).replace(HOST, registry.host).replace("recipe: 'int8'", `recipe: '${recipe}'`),
  );
  await repository.run('build', 'digits');
  await repository.run('push', 'digits');
  const lock = JSON.parse(repository.read('fleets/models/digits.lock.json')) as ModelLock;
  const layout = join(repository.root, '.breakwater/models/digits');
  return {
    lock,
    image: lock.image.replace(registry.host, HOST),
    file: fileIn(layout, 'digits/1/model.tflite', lock.file.digest),
    layout,
  };
}

/** A file out of the layer that holds it. */
function fileIn(layout: string, path: string, digest: string): Uint8Array {
  const blobs = join(layout, 'blobs/sha256');
  for (const name of readdirSync(blobs)) {
    const { status, stdout } = spawnSync('tar', ['-xOf', join(blobs, name), path]);
    if (status === 0 && sha256(stdout) === digest) return stdout;
  }
  throw new Error(`no layer of ${layout} holds ${path} with ${digest}`);
}
