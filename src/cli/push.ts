import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { ModelToBuild } from '../fleet/load.ts';
import type { ModelLock } from '../fleet/model-lock.ts';
import { progress, type ExitStatus, type Io } from './io.ts';
import { chooseModels } from './models-chosen.ts';
import { defineVerb } from './verb.ts';

interface Options {
  readonly check?: true;
}

/** Bring built models to their registries. */
export const push = defineVerb<[models: readonly string[]], Options>({
  name: 'push',
  summary: 'bring the images of built models to their registries, or ask whether they are there',
  description:
    'Sends what breakwater build made to the repository that the definition of each model names; what is there is ' +
    "not sent twice. Logins are Docker's: docker login, or DOCKER_CONFIG. A registry on this " +
    'machine is spoken to in plain HTTP, every other one in HTTPS.',
  examples: ['push', 'push digits', 'push --check'],
  declare: (command) =>
    command
      .argument('[models...]', 'names of models; none means all')
      .option('--check', 'only ask whether the image of each lock file is there; exit 1 where one is not'),
  async run([names], { check }, io): Promise<ExitStatus> {
    const wanted = await chooseModels(names, io, 'push');
    let status: ExitStatus = 0;
    for (const model of wanted) {
      const lock = await lockOf(model);
      progress(io, `${check === undefined ? 'pushing' : 'asking for'} ${model.spec.name}`);
      try {
        if (check === undefined) await pushOne(model, lock, io);
        else if (!(await isThere(model, lock, io))) status = 1;
      } finally {
        progress(io, '');
      }
    }
    return status;
  },
});

/** The lock of a model as it is defined now. @throws UserError `MODEL_LOCK` */
async function lockOf({ spec, folder }: ModelToBuild): Promise<ModelLock> {
  const { definitionDigest, existingLock, lockPath } = await import('../fleet/model-lock.ts');
  const lock = existingLock(join(folder, lockPath(spec.name)));
  const why =
    lock === undefined
      ? `model ${spec.name} is not built: there is no ${lockPath(spec.name)} that can be read`
      : lock.definition === definitionDigest(spec)
        ? undefined
        : `model ${spec.name} is defined otherwise than when ${lockPath(spec.name)} was built`;
  if (lock !== undefined && why === undefined) return lock;
  throw new UserError('MODEL_LOCK', why!, `run breakwater build ${spec.name} and commit the lock file`);
}

const digestOf = ({ image }: ModelLock): string => image.split('@')[1]!;

async function pushOne({ spec }: ModelToBuild, lock: ModelLock, io: Io): Promise<void> {
  const { readStoredImage } = await import('../model/registry/stored-image.ts');
  const { openSession } = await import('../model/registry/session.ts');
  const { pushImage } = await import('../model/registry/push.ts');
  const { whole } = await import('../report/text.ts');
  const shown = join('.breakwater', 'models', spec.name);
  const image = readStoredImage(join(io.cwd, shown), digestOf(lock), shown);
  const session = openSession(spec.repository, { env: io.env, actions: 'pull,push' });
  const { sent, sentBytes, there } = await pushImage(image, session, {
    onProgress: (done, total) =>
      progress(io, `pushing ${spec.name}: ${whole(done)} of ${whole(total)} bytes`),
  });
  progress(io, '');
  io.stdout(
    sent === 0
      ? `${spec.name}: was there, ${lock.image}\n`
      : `${spec.name}: pushed, ${lock.image}\n  ${sent} sent with ${whole(sentBytes)} bytes, ${there} were there\n`,
  );
}

async function isThere({ spec }: ModelToBuild, lock: ModelLock, io: Io): Promise<boolean> {
  const { openSession } = await import('../model/registry/session.ts');
  const { missingFrom } = await import('../model/registry/push.ts');
  const session = openSession(spec.repository, { env: io.env, actions: 'pull' });
  const missing = await missingFrom(session, digestOf(lock));
  progress(io, '');
  if (missing.length === 0) {
    io.stdout(`${spec.name}: is there, ${lock.image}\n`);
    return true;
  }
  io.stdout(
    `${spec.name}: is not there, ${lock.image}\n${missing.map((digest) => `  missing ${digest}\n`).join('')}  fix: run breakwater push ${spec.name}\n`,
  );
  return false;
}
