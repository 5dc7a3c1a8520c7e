import { join } from 'node:path';
import type { ModelToBuild } from '../fleet/load.ts';
import { progress, type ExitStatus, type Io } from './io.ts';
import { chooseModels } from './models-chosen.ts';
import { defineVerb } from './verb.ts';
import { ownPackage } from './version.ts';

interface Options {
  readonly check?: true;
}

/** Build the models that fleets define by a trained network. */
export const build = defineVerb<[models: readonly string[]], Options>({
  name: 'build',
  summary: 'build models: convert, quantize, judge, package; write their lock files',
  description:
    'Builds each model that a fleet defines by its trained network, unless nothing that it is made from has changed. ' +
    'What does not pass its gates is not written. The images stand as an OCI layout in .breakwater/models, each ' +
    'with bom.json: what it was made from, as a CycloneDX bill of materials.',
  examples: ['build', 'build digits --check'],
  declare: (command) =>
    command
      .argument('[models...]', 'names of models; none means all')
      .option('--check', 'build again and compare with the lock files; write nothing'),
  async run([names], options, io): Promise<ExitStatus> {
    const wanted = await chooseModels(names, io, 'build');
    let status: ExitStatus = 0;
    for (const model of wanted) {
      progress(io, `building ${model.spec.name}`);
      const outcome = await buildOne(model, options, io);
      progress(io, '');
      if (outcome === 1) status = 1;
    }
    return status;
  },
});

async function buildOne({ spec, folder }: ModelToBuild, { check }: Options, io: Io): Promise<ExitStatus> {
  const { existingLock, lockPath, matches } = await import('../fleet/model-lock.ts');
  const { lockedInputs } = await import('../model/locked-inputs.ts');
  const { formatBom } = await import('../model/package/bom.ts');
  const { isStored, storeImage, write, writeIfOther } = await import('../model/store.ts');
  const { assertTrained, isTrained } = await import('../model/train/provenance.ts');
  if (isTrained(spec)) assertTrained(spec, folder);
  const root = join(io.cwd, '.breakwater', 'models', spec.name);
  const file = join(folder, lockPath(spec.name));
  const lock = existingLock(file);
  const fresh =
    lock !== undefined &&
    lock.breakwater === ownPackage.version &&
    matches(lock, spec, lockedInputs(spec, folder));
  if (check === undefined && fresh && isStored(root, lock.image.split('@')[1]!)) {
    writeIfOther(join(root, 'bom.json'), formatBom(spec, lock));
    io.stdout(`${spec.name}: unchanged, ${lock.image}\n`);
    return 0;
  }
  const { buildModel, formatLock } = await import('../model/build.ts');
  const built = await buildModel(spec, folder, ownPackage.version);
  const text = formatLock(built.lock);
  const failed = built.results.filter(({ verdict }) => verdict === 'FAIL');
  const { formatGates, formatRemoved } = await import('../report/model.ts');
  io.stdout(
    `${spec.name}: ${built.lock.image}\n${formatRemoved(built.lock.removed)}${formatGates(built.results)}`,
  );
  if (failed.length > 0) return 1;
  if (check !== undefined) {
    if (lock !== undefined && formatLock(lock) === text) return 0;
    io.stdout(`  differs from ${lockPath(spec.name)}: run breakwater build and commit the lock file\n`);
    return 1;
  }
  storeImage(root, built.image);
  writeIfOther(join(root, 'bom.json'), formatBom(spec, built.lock));
  write(file, text);
  return 0;
}
