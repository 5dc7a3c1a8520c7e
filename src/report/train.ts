import type { PassReport } from '../model/train/train.ts';
import { bold, dim, green, red, yellow } from './style.ts';
import { indent } from './movement.ts';
import { json, table, whole } from './text.ts';

/** What became of one network. */
export interface TrainReport {
  /** Of the model. */
  readonly name: string;
  readonly source: string;
  /** `differs`: it is not what its definition makes. `stopped`: before there was anything to keep. */
  readonly outcome: 'trained' | 'unchanged' | 'differs' | 'stopped';
  /** Why it differs, each a clause. */
  readonly problems: readonly string[];
  /** Files that are not here, so that they were not compared. */
  readonly absent: readonly string[];
  /** The pass that was cut short. */
  readonly stopped: string | undefined;
  readonly passes: readonly PassReport[];
}

const OUTCOME = { trained: green, unchanged: dim, differs: red, stopped: yellow } as const;

export const trainFormats = {
  pretty: (reports: readonly TrainReport[]): string => reports.map(formatOne).join(''),
  json: (reports: readonly TrainReport[]): string => json({ schemaVersion: 1, models: reports }),
} as const;

function formatOne({ name, source, outcome, problems, absent, stopped, passes }: TrainReport): string {
  const [first] = passes;
  const rows = passes.map(({ pass, parameters, bytes, accuracy, dropPoints, marginPoints }, index) => [
    pass,
    whole(parameters),
    whole(bytes),
    index === 0 ? '' : `${((100 * bytes) / first!.bytes).toFixed(1)} %`,
    `${(100 * accuracy).toFixed(2)} %`,
    index === 0 ? '' : `${dropPoints.toFixed(2)} ± ${marginPoints.toFixed(2)}`,
  ]);
  const headings = ['pass', '>parameters', '>bytes', '>of the first', '>accuracy', '>points lost'];
  return [
    `${bold(name)}: ${OUTCOME[outcome](outcome)}, ${source}\n`,
    ...problems.map((problem) => `  ${problem}\n`),
    ...(problems.length > 0 ? [`  fix: run breakwater train ${name}, and commit what it writes\n`] : []),
    ...absent.map((path) => `  not compared: ${path} is not here\n`),
    ...(stopped === undefined
      ? []
      : [
          `  stopped in ${stopped}${outcome === 'stopped' ? ', before there was anything to keep' : ': this is the best until then'}\n`,
        ]),
    ...(stopped === undefined || outcome === 'stopped' || problems.length > 0
      ? []
      : [`  to train it to its end, remove ${source}.lock.json and run breakwater train ${name}\n`]),
    ...(first === undefined || outcome === 'stopped'
      ? []
      : [indent(table(headings, rows)), `  on ${whole(first.samples)} samples\n`]),
  ].join('');
}
