import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { ModelToBuild } from '../fleet/load.ts';
import type { TrainedSpec } from '../model/train/provenance.ts';
import { trainFormats, type TrainReport } from '../report/train.ts';
import { progress, type ExitStatus, type Io } from './io.ts';
import { chooseModels } from './models-chosen.ts';
import { formatAs, formatOption } from './options.ts';
import { defineVerb } from './verb.ts';

interface Options {
  readonly check?: true;
  readonly format: string;
}

/** Make the networks that definitions train. Status 1 where one is not what its definition makes: `--check` found it so, or it was stopped too early. */
export const train = defineVerb<[models: readonly string[]], Options>({
  name: 'train',
  summary: 'train networks: distil, prune, tune; write them with their provenance',
  description:
    'Makes the source of each model whose definition says how it is trained, unless nothing that it is made from has changed. ' +
    'Training needs the optional package @tensorflow/tfjs-node. Ctrl-C stops, and keeps the best so far. ' +
    'The network is an input like any other: commit it with the .lock.json beside it, which says what it came from.',
  examples: ['train', 'train digits --check'],
  declare: (command) =>
    command
      .argument('[models...]', 'names of models; none means all that are trained')
      .option(
        '--check',
        'compare networks and what they came from with their provenance; train and write nothing',
      )
      .addOption(formatOption(trainFormats)),
  async run([names], { check, format }, io): Promise<ExitStatus> {
    const { isTrained } = await import('../model/train/provenance.ts');
    const chosen = await chooseModels(names, io, 'train');
    const models = chosen.filter((model): model is Trainable => isTrained(model.spec));
    const other = names.find((name) => models.every(({ spec }) => spec.name !== name));
    if (other !== undefined) {
      throw new UserError(
        'TRAINING',
        `the definition of ${other} does not say how its network is trained`,
        'add training to it, or name another',
      );
    }
    if (chosen.length > models.length && models.length === 0)
      io.stderr('no definition says how its network is trained: there is nothing to train\n');
    const stop = new AbortController();
    if (check === undefined) void io.untilStopped?.().then(() => stop.abort());
    const reports: TrainReport[] = [];
    for (const model of models) {
      if (stop.signal.aborted) break;
      reports.push(await trainOne(model, check === true, stop.signal, io));
    }
    io.stdout(formatAs(trainFormats, format, reports));
    return reports.some(({ outcome }) => outcome === 'differs' || outcome === 'stopped') ? 1 : 0;
  },
});

type Trainable = ModelToBuild & { readonly spec: TrainedSpec };

async function trainOne(
  { spec, folder }: Trainable,
  check: boolean,
  stop: AbortSignal,
  io: Io,
): Promise<TrainReport> {
  const { checkProvenance } = await import('../model/train/provenance.ts');
  const { problems, absent, provenance } = checkProvenance(spec, folder);
  const { name, source } = spec;
  if (check || problems.length === 0) {
    const outcome = problems.length === 0 ? 'unchanged' : 'differs';
    const { passes = [], stopped } = provenance ?? {};
    return { name, source, outcome, problems, absent, stopped, passes };
  }
  const { makeTrained } = await import('../model/train/make-trained.ts');
  const started = io.now();
  const made = await makeTrained(spec, folder, io, {
    stop,
    tell: ({ title, epoch, epochs, loss, best, overall }) => {
      const left = ((io.now() - started) * (1 - overall)) / overall;
      const share = `${(100 * best).toFixed(1)} % held out right`;
      progress(
        io,
        `training ${name}: ${title}, epoch ${epoch} of ${epochs}, loss ${loss.toFixed(4)}, ${share}, ${Math.ceil(left / 1000)} s left`,
      );
    },
  });
  progress(io, '');
  const { passes, stopped } = made.provenance;
  if (made.file === undefined)
    return { name, source, outcome: 'stopped', problems: [], absent: [], stopped, passes };
  const { write } = await import('../model/store.ts');
  const { formatProvenance, provenancePath } = await import('../model/train/provenance.ts');
  // The network first: what is alone is met by `--check`, and trained again.
  write(join(folder, source), made.file);
  write(join(folder, provenancePath(source)), formatProvenance(made.provenance));
  return { name, source, outcome: 'trained', problems: [], absent: [], stopped, passes };
}
