import { join } from 'node:path';
import type { ModelToBuild } from '../fleet/load.ts';
import { UserError } from '../errors.ts';
import { refuseUnknown } from './build.ts';
import { progress, type ExitStatus, type Io } from './io.ts';
import { defineVerb } from './verb.ts';

interface Options {
  readonly check?: true;
}

/** Push the images of built models. Status 1 where `--check` finds one missing. */
export const push = defineVerb<[models: readonly string[]], Options>({
  name: 'push',
  summary: 'push the images of built models to their registries',
  description:
    'Pushes the image that each lock file names to the repository of its definition, over the OCI distribution protocol. What the registry has already is skipped, so a push that was cut short goes on where it was. Credentials come from the file that docker login writes; plain HTTP goes to this machine alone.',
  examples: ['push', 'push digits --check'],
  declare: (command) =>
    command
      .argument('[models...]', 'names of models; none means all')
      .option('--check', 'ask whether the images are there; push nothing'),
  async run([names], options, io): Promise<ExitStatus> {
    const { loadModels } = await import('../fleet/load.ts');
    const models = await loadModels({ cwd: io.cwd });
    refuseUnknown(
      names,
      models.map(({ spec }) => spec.name),
    );
    let status: ExitStatus = 0;
    for (const model of models) {
      if (names.length > 0 && !names.includes(model.spec.name)) continue;
      if ((await pushOne(model, options, io)) === 1) status = 1;
    }
    return status;
  },
});

async function pushOne({ spec, folder }: ModelToBuild, { check }: Options, io: Io): Promise<ExitStatus> {
  const { existingLock, lockPath } = await import('../fleet/model-lock.ts');
  const { parseRepository, Registry } = await import('../model/package/registry.ts');
  const { dockerCredentials } = await import('../model/package/registry-auth.ts');
  const { loadImage } = await import('../model/store.ts');
  const lock = existingLock(join(folder, lockPath(spec.name)));
  if (lock === undefined) {
    throw new UserError('MODEL_LOCK', `model ${spec.name} was never built`, 'run breakwater build first');
  }
  const [repository, digest] = lock.image.split('@') as [string, string];
  const registry = new Registry(parseRepository(repository), {
    credentials: (host) => dockerCredentials(io.env, host),
    progress: (text) => progress(io, `${spec.name}: ${text}`),
  });
  if (await registry.has(digest)) {
    io.stdout(`${spec.name}: ${lock.image} is there\n`);
    return 0;
  }
  if (check !== undefined) {
    io.stdout(`${spec.name}: ${lock.image} is missing: run breakwater push ${spec.name}\n`);
    return 1;
  }
  const image = loadImage(join(io.cwd, '.breakwater', 'models', spec.name), digest, spec.name);
  const { bytes, skipped } = await registry.push(image);
  progress(io, '');
  io.stdout(`${spec.name}: ${lock.image} pushed, ${bytes} bytes of blobs, ${skipped} there already\n`);
  return 0;
}
