import { dirname, join } from 'node:path';
import type { ModelToBuild } from '../fleet/load.ts';
import type { ModelLock } from '../fleet/model-lock.ts';
import type { BuiltModel } from '../model/build.ts';
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
    const places = await Promise.all(wanted.map((model) => placeOf(model, io)));
    const stale = places.filter((place) => options.check === true || !place.fresh);
    const builds = await start(stale, io);
    let status: ExitStatus = 0;
    for (const place of places) {
      const build = builds.get(place);
      const outcome =
        build === undefined ? await keep(place, io) : await finish(place, await build, options, io);
      if (outcome === 1) status = 1;
    }
    return status;
  },
});

/** A model, what was built of it last, and where that is. */
interface Place extends ModelToBuild {
  /** Of what is built on this machine. */
  readonly root: string;
  readonly lockFile: string;
  readonly lock: ModelLock | undefined;
  /** Whether nothing that it is made from has changed, and the image is here. */
  readonly fresh: boolean;
}

async function placeOf({ spec, folder, architectures }: ModelToBuild, io: Io): Promise<Place> {
  const { existingLock, lockPath, matches } = await import('../fleet/model-lock.ts');
  const { lockedInputs } = await import('../model/locked-inputs.ts');
  const { isStored } = await import('../model/store.ts');
  const { assertTrained, isTrained } = await import('../model/train/provenance.ts');
  if (isTrained(spec)) assertTrained(spec, folder);
  const root = join(io.cwd, '.breakwater', 'models', spec.name);
  const lockFile = join(folder, lockPath(spec.name));
  const lock = existingLock(lockFile);
  const fresh =
    lock !== undefined &&
    lock.breakwater === ownPackage.version &&
    matches(lock, spec, lockedInputs(spec, folder)) &&
    isStored(root, lock.image.split('@')[1]!);
  return { spec, folder, architectures, root, lockFile, lock, fresh };
}

/** Begin to build, and say on a terminal how far that is. */
async function start(places: readonly Place[], io: Io): Promise<ReadonlyMap<Place, Promise<BuiltModel>>> {
  if (places.length === 0) return new Map();
  const { buildModels } = await import('../model/build-many.ts');
  const running = new Set<string>();
  let done = 0;
  const show = (): void => {
    const of = places.length === 1 ? '' : ` (${done} of ${places.length} done)`;
    progress(io, running.size === 0 ? '' : `building ${[...running].join(', ')}${of}`);
  };
  const tasks = places.map(({ spec, folder, architectures }) => ({
    spec,
    folder,
    architectures,
    breakwater: ownPackage.version,
  }));
  const builds = buildModels(tasks, ({ name }) => {
    running.add(name);
    show();
  });
  return new Map(
    places.map((place, index) => {
      const ended = builds[index]!.finally(() => {
        running.delete(place.spec.name);
        done += 1;
        show();
      });
      ended.catch(() => {});
      return [place, ended];
    }),
  );
}

async function keep({ spec, root, lock }: Place, io: Io): Promise<ExitStatus> {
  const { formatBom } = await import('../model/package/bom.ts');
  const { writeIfOther } = await import('../model/store.ts');
  writeIfOther(join(root, 'bom.json'), formatBom(spec, lock!));
  io.stdout(`${spec.name}: unchanged, ${lock!.image}\n`);
  return 0;
}

async function finish(
  { spec, root, lockFile, lock }: Place,
  built: BuiltModel,
  { check }: Options,
  io: Io,
): Promise<ExitStatus> {
  const { lockPath } = await import('../fleet/model-lock.ts');
  const { formatLock } = await import('../model/build.ts');
  const { formatGates, formatRemoved } = await import('../report/model.ts');
  progress(io, '');
  io.stdout(
    `${spec.name}: ${built.lock.image}\n${formatRemoved(built.lock.removed)}${formatGates(built.results)}`,
  );
  if (built.results.some(({ verdict }) => verdict === 'FAIL')) return 1;
  const text = formatLock(built.lock);
  if (check !== undefined) {
    if (lock !== undefined && formatLock(lock) === text) return 0;
    io.stdout(`  differs from ${lockPath(spec.name)}: run breakwater build and commit the lock file\n`);
    return 1;
  }
  const { formatBom } = await import('../model/package/bom.ts');
  const { storeImage, sweep, write, writeIfOther } = await import('../model/store.ts');
  sweep(root);
  sweep(dirname(lockFile));
  storeImage(root, built.image);
  writeIfOther(join(root, 'bom.json'), formatBom(spec, built.lock));
  write(lockFile, text);
  return 0;
}
