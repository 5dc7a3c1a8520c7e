import type { OutputComparison } from '../model/compare-outputs.ts';
import type { ModelDiff } from '../model/diff.ts';
import type { GateResult } from '../model/gates/gate.ts';
import type { Ending, ModelDescription } from '../model/inspect.ts';
import { bold, dim, green, red, yellow } from './style.ts';
import { indent } from './movement.ts';
import { counted, json, table, whole } from './text.ts';

/** What `model convert` wrote. */
export interface ConvertReport {
  readonly file: string;
  readonly recipe: string;
  readonly bytes: number;
  /** Of the network as floats, in the same format. */
  readonly floatBytes: number;
  /** Dead channels that were left out, and the bytes that this saved. */
  readonly removed: { readonly channels: number; readonly bytes: number };
  readonly gates: readonly GateResult[];
}

/** What a network made of samples. */
export interface RunReport {
  readonly outputs: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    /** Real numbers, sample by sample. */
    readonly values: readonly (readonly number[])[];
  }[];
}

const VERDICT = { PASS: green, FAIL: red, INSUFFICIENT: yellow, WARN: yellow } as const;

/** The verdicts of gates, each on a line, then what to do about those that failed. */
export const formatGates = (results: readonly GateResult[]): string =>
  [
    ...results.map(
      ({ gate, verdict, message }) =>
        `  ${VERDICT[verdict](verdict)}${' '.repeat(13 - verdict.length)}${gate}: ${message}\n`,
    ),
    ...results
      .filter(({ verdict }) => verdict === 'FAIL' || verdict === 'WARN')
      .map(({ gate, fix }) => `  fix ${gate}: ${fix ?? ''}\n`),
  ].join('');

/** A line, where there were any. */
export const formatRemoved = (removed: ConvertReport['removed'] | undefined): string =>
  removed === undefined || removed.channels === 0
    ? ''
    : `  removed ${counted(removed.channels, 'dead channel')}: ${whole(removed.bytes)} bytes, no output changed\n`;

export const convertFormats = {
  pretty: ({ file, recipe, bytes, floatBytes, removed, gates }: ConvertReport): string =>
    `${bold(file)}: ${recipe}, ${whole(bytes)} bytes (as floats ${whole(floatBytes)})\n${formatRemoved(removed)}${formatGates(gates)}`,
  json: (report: ConvertReport): string => json({ schemaVersion: 1, ...report }),
} as const;

export const diffFormats = {
  pretty: ({ before, after, differences }: ModelDiff): string =>
    differences.length === 0
      ? `${before} and ${after} are the same network\n`
      : differences
          .map(
            ({ where, before: was, after: is }) =>
              `${bold(where)}\n  ${red(`- ${was}`)}\n  ${green(`+ ${is}`)}\n`,
          )
          .join(''),
  json: (diff: ModelDiff): string => json({ schemaVersion: 1, ...diff }),
} as const;

/** What two networks make of the same samples. */
export interface OutputsReport {
  readonly before: string;
  readonly after: string;
  readonly outputs: readonly OutputComparison[];
}

export const outputsFormats = {
  pretty: ({ before, after, outputs }: OutputsReport): string =>
    `${bold(before)} and ${bold(after)} on the same samples\n${indent(
      table(
        ['output', '>samples', '>farthest apart', '>signal to noise', '>same place largest'],
        outputs.map(({ name, samples, farthest, sqnrDb, agreement }) => [
          name,
          whole(samples),
          farthest === 0 ? 'nowhere' : `${farthest.toPrecision(2)} of the range`,
          sqnrDb === undefined ? 'all equal' : `${sqnrDb.toFixed(1)} dB`,
          agreement === undefined ? '' : `${(100 * agreement).toFixed(2)} %`,
        ]),
      ),
    )}`,
  json: (report: OutputsReport): string => json({ schemaVersion: 1, ...report }),
} as const;

/** Values of one output that are shown; json has all. */
const SHOWN = 10;

export const runFormats = {
  pretty: ({ outputs }: RunReport): string =>
    outputs
      .map(({ name, shape, values }) => {
        const rows = values.map((one, sample) => [
          String(sample),
          one
            .slice(0, SHOWN)
            .map((value) => value.toPrecision(4))
            .join(' '),
          one.length > 1 ? String(one.indexOf(Math.max(...one))) : '',
        ]);
        return `${bold(name)} [${shape.join(', ')}]\n${indent(table(['>sample', 'values', '>largest at'], rows))}`;
      })
      .join(''),
  json: (report: RunReport): string => json({ schemaVersion: 1, ...report }),
} as const;

export const inspectFormats = {
  pretty: inspected,
  json: (description: ModelDescription): string => json({ schemaVersion: 1, ...description }),
} as const;

function inspected(model: ModelDescription): string {
  const most = Math.max(...model.operators.map(({ aliveBytes }) => aliveBytes), 1);
  const rows = model.operators.map(
    ({ operator, version, output, type, shape, constantBytes, aliveBytes }) => [
      operator,
      String(version),
      output,
      `${type} [${shape.join(', ')}]`,
      whole(constantBytes),
      whole(aliveBytes),
      bar(aliveBytes / most),
    ],
  );
  const packed = model.gzipBytes === undefined ? '' : ` (${whole(model.gzipBytes)} as gzip)`;
  return [
    `${bold(model.file)}: ${whole(model.bytes)} bytes${packed}, ${counted(model.parameters, 'parameter')}\n`,
    ...model.inputs.map((one) => `  in   ${formatEnding(one)}\n`),
    ...model.outputs.map((one) => `  out  ${formatEnding(one)}\n`),
    `  arena ${whole(model.arenaBytes)} bytes, one interpreter at its peak ${whole(model.interpreterBytes)} bytes, in WebAssembly ${whole(model.wasmInterpreterBytes)}\n`,
    indent(table(['operator', '>version', 'makes', 'of', '>constants', '>alive', 'memory over time'], rows)),
  ].join('');
}

const formatEnding = ({ name, type, shape, scale, zeroPoint }: Ending): string =>
  `${name} ${type} [${shape.map((size) => (size < 0 ? 'n' : size)).join(', ')}]${
    scale === undefined ? '' : dim(` × ${scale} from ${zeroPoint}`)
  }`;

const WIDTH = 20;

/** A ratio as a bar. */
const bar = (ratio: number): string => '█'.repeat(Math.max(1, Math.round(ratio * WIDTH)));
