// Reads a CSV inventory as a stream: memory does not grow with what a line holds, only by 12 to 24 bytes a cluster.

import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { UserError } from '../errors.ts';
import type { ClusterRow, LoadedFleet } from './loaded-fleet.ts';
import { NameTable } from './name-table.ts';
import { readLines } from './read-lines.ts';
import { unreadable } from './read-json.ts';
import { instead } from './schema-problems.ts';

export interface ReadOptions {
  /** By name: what a row's class must be. */
  readonly classes: Readonly<Record<string, { readonly maxDevicesPerCluster: number }>>;
  /** What a row may be pinned to. */
  readonly slices: readonly string[];
  /** Path for messages; default: the path itself. */
  readonly file?: string;
}

const COLUMNS = ['cluster', 'class', 'region', 'devices', 'slice'] as const;
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const COUNT = /^[1-9][0-9]{0,8}$/;

/** A field that is wrong: which column, why, and what to do. */
interface Wrong {
  readonly column: number;
  readonly what: string;
  readonly fix: string;
}

/**
 * Read the clusters of a CSV file with the header `cluster,class,region,devices[,slice]`, in its order.
 *
 * Fields hold no commas and no quotes. Empty lines are passed over.
 *
 * @throws UserError `INVENTORY_READ`, and `INVENTORY_ROW` with file, line and column at the first thing that is wrong
 */
export function* readClusters(path: string, options: ReadOptions): Generator<ClusterRow> {
  const { file = path } = options;
  const classes = new Map(Object.entries(options.classes));
  const slices = new Set(options.slices);
  const names = new NameTable();
  let line = 0;
  let width: number | undefined;
  try {
    for (const text of readLines(path)) {
      line += 1;
      if (text === '') continue;
      const fields = text.split(',');
      if (width === undefined) {
        width = readHeader(fields, text, file, line);
        continue;
      }
      const wrong = fields.length === width ? undefined : wrongWidth(fields, width);
      if (wrong !== undefined) throw rowError(file, line, fields, wrong);
      const [cluster, className, region, devices, slice = ''] = fields as [
        string,
        string,
        string,
        string,
        string?,
      ];
      const max = classes.get(className)?.maxDevicesPerCluster;
      if (
        !LABEL.test(cluster) ||
        max === undefined ||
        !REGION.test(region) ||
        !COUNT.test(devices) ||
        Number(devices) > max ||
        (slice !== '' && !slices.has(slice))
      ) {
        throw rowError(file, line, fields, findWrong(fields, options));
      }
      const earlier = names.add(cluster, line, (other) => nameOn(path, other) === cluster);
      if (earlier !== undefined) {
        throw rowError(file, line, fields, {
          column: 0,
          what: `cluster ${JSON.stringify(cluster)} stands on line ${earlier} too`,
          fix: 'remove one of the two lines, or give one cluster another name',
        });
      }
      const row = { cluster, class: className, region, devices: Number(devices), line };
      yield slice === '' ? row : { ...row, slice };
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (!(error instanceof TypeError)) throw unreadable(error, file, 'INVENTORY_READ');
    throw notUtf8(path, file);
  }
  if (width === undefined) {
    throw new UserError(
      'INVENTORY_ROW',
      `${file} is empty`,
      `begin it with the line ${COLUMNS.slice(0, 4).join()}`,
    );
  }
}

/** @returns how many columns there are */
function readHeader(fields: readonly string[], text: string, file: string, line: number): number {
  const full = COLUMNS.join();
  const short = COLUMNS.slice(0, 4).join();
  if (text === full || text === short) return fields.length;
  const column = COLUMNS.findIndex((name, index) => fields[index] !== name);
  throw rowError(file, line, fields, {
    column: column < 0 ? COLUMNS.length : column,
    what: `the header is ${JSON.stringify(text)}`,
    fix: `write ${short} or ${full}`,
  });
}

/** Regions end up between quotes in YAML that Flux fills in on the cluster. */
// oxlint-disable-next-line no-control-regex -- they are what must not be there
const REGION = /^(?! )[^"\\\u0000-\u001F\u007F]+(?<! )$/;

const wrongWidth = (fields: readonly string[], width: number): Wrong => {
  const quoted = fields.findIndex((field) => field.includes('"'));
  if (quoted >= 0) return wrongQuote(quoted);
  return {
    column: Math.min(fields.length, width) - (fields.length < width ? 1 : 0),
    what: `${fields.length} columns, the header has ${width}`,
    fix: `write ${COLUMNS.slice(0, width).join()}`,
  };
};

const wrongQuote = (column: number): Wrong => ({
  column,
  what: 'quotes are not read',
  fix: 'write the field without quotes and commas',
});

/** Which field of a row is wrong. Called only when one is, so that rows that are right cost little. */
function findWrong(fields: readonly string[], { classes, slices }: ReadOptions): Wrong {
  const [cluster = '', className = '', region = '', devices = '', slice = ''] = fields;
  const quoted = fields.findIndex((field) => field.includes('"'));
  if (quoted >= 0) return wrongQuote(quoted);
  const known = Object.keys(classes);
  if (cluster === '') return { column: 0, what: 'the cluster has no name', fix: 'write its name' };
  if (!LABEL.test(cluster)) {
    return {
      column: 0,
      what: `${JSON.stringify(cluster)} is no DNS label`,
      fix: 'name the cluster with lower-case letters, digits and "-", at most 63 characters',
    };
  }
  if (!known.includes(className)) {
    return {
      column: 1,
      what: `there is no class ${JSON.stringify(className)}`,
      fix: instead(className, known),
    };
  }
  if (!REGION.test(region)) {
    return {
      column: 2,
      what: region === '' ? 'the region is empty' : `${JSON.stringify(region)} is no name of a region`,
      fix: 'write a name without spaces around it, backslashes and control characters',
    };
  }
  if (!COUNT.test(devices)) {
    return {
      column: 3,
      what: `${JSON.stringify(devices)} is no number of devices`,
      fix: 'write a whole number from 1, in digits',
    };
  }
  const max = classes[className]!.maxDevicesPerCluster;
  if (Number(devices) > max) {
    return {
      column: 3,
      what: `${devices} devices, the class ${JSON.stringify(className)} has at most ${max} to the cluster`,
      fix: 'correct the number, or raise maxDevicesPerCluster, which makes a new release',
    };
  }
  return { column: 4, what: `there is no slice ${JSON.stringify(slice)}`, fix: instead(slice, slices) };
}

function rowError(
  file: string,
  line: number,
  fields: readonly string[],
  { column, what, fix }: Wrong,
): UserError {
  const before = fields.slice(0, column).reduce((length, field) => length + field.length + 1, 0);
  return new UserError('INVENTORY_ROW', `${file}:${line}:${before + 1}: ${what}`, fix);
}

/** Says which line it is: the reader only knows the chunk. */
function notUtf8(path: string, file: string): UserError {
  const bytes = readFileSync(path);
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    if (!isUtf8(bytes.subarray(start, end < 0 ? bytes.length : end))) break;
    start = end < 0 ? bytes.length : end + 1;
  }
  return new UserError(
    'INVENTORY_ROW',
    `${file}:${line}:1: the line is not UTF-8 text`,
    'save the file as UTF-8',
  );
}

/** The cluster on a line, read again: hashes that agree are rare, and mostly the same name. */
function nameOn(path: string, wanted: number): string | undefined {
  let line = 0;
  for (const text of readLines(path)) {
    line += 1;
    if (line === wanted) return text.split(',')[0];
  }
  return undefined;
}

/**
 * The clusters of a fleet whose inventory is a CSV file, as a stream; `undefined` where there are only counts.
 * @param slices what a cluster may be pinned to
 */
export function inventoryRows(
  { spec, folder, file }: LoadedFleet,
  slices: readonly string[],
): Generator<ClusterRow> | undefined {
  if (!('kind' in spec.inventory)) return undefined;
  const { path } = spec.inventory;
  const shown = posix.join(posix.dirname(file), path);
  return readClusters(join(folder, path), { classes: spec.classes, slices, file: shown });
}
