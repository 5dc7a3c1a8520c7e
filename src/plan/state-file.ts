import { SLICE_NAMES } from './movement.ts';
import { sorted } from './sorted.ts';
import {
  readFields,
  readFlag,
  readJson,
  readList,
  readRecord,
  readRelease,
  readText,
  readVersion,
  refuse,
  refuseConflict,
  syntaxError,
  type Source,
} from './state-reader.ts';
import type { ClassState, EarlyPromotion, Override, Pointer, Rejection, RolloutState } from './state.ts';

/**
 * The text of `fleets/<name>.rollout.json`: JSON with one line for each rejection, early promotion, override and pointer, so
 * that Git's blame of a pointer's line tells when it last moved. Classes in name order, pointers by class and slice.
 *
 * `null` ends the pointers: every line of them ends with a comma, and none changes when a class comes after it.
 */
export function formatState({ fleet, classes, early, overrides = [] }: RolloutState): string {
  const entries = Object.entries(sorted(classes));
  const lists = entries.map(
    ([name, { settled, rejected }]) =>
      `    ${JSON.stringify(name)}: {\n      "settled": ${JSON.stringify(settled)},\n` +
      `      "rejected": ${lines(rejected.map(rejectionLine), 6)}\n    }`,
  );
  const pointers = entries.flatMap(([name, of]) =>
    SLICE_NAMES.map((slice) => {
      const { runs, before } = of.pointers[slice]!;
      return oneLine({ class: name, slice, runs, before });
    }),
  );
  return `{
  "schemaVersion": 1,
  "fleet": ${JSON.stringify(fleet)},
  "classes": ${lists.length === 0 ? '{}' : `{\n${lists.join(',\n')}\n  }`},
  "early": ${lines(early.map(earlyLine), 2)},${overrides.length === 0 ? '' : `\n  "overrides": ${lines(overrides.map(overrideLine), 2)},`}
  "pointers": ${lines([...pointers, oneLine(POINTERS_END)], 2)}
}
`;
}

const POINTERS_END = null;

const rejectionLine = ({ release, reason, versions, breakwater, open }: Rejection): string =>
  oneLine({ release, reason, versions: sorted(versions), breakwater, open });

const earlyLine = ({ class: name, wave, release, reason }: EarlyPromotion): string =>
  oneLine({ class: name, wave, release, reason });

const overrideLine = ({ class: name, wave, release, against, reason }: Override): string =>
  oneLine({ class: name, wave, release, against, reason });

const lines = (items: readonly string[], indent: number): string => {
  const margin = ' '.repeat(indent);
  return items.length === 0
    ? '[]'
    : `[\n${items.map((item) => `${margin}  ${item}`).join(',\n')}\n${margin}]`;
};

/** A flat object or a string, as `{ "a": "b" }`. */
function oneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, of]) => `${JSON.stringify(key)}: ${oneLine(of)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/**
 * Read a rollout file back. Strict: what {@link formatState} would not have written is refused, since a line that
 * is laid out otherwise has another author and another time in Git's blame.
 *
 * @param file its path, for messages
 * @throws UserError `ROLLOUT_CONFLICT` with both sides; `ROLLOUT_SYNTAX` with line and value
 */
export function parseState(text: string, file: string): RolloutState {
  const unix = text.replaceAll('\r\n', '\n');
  const source = { text: unix, file };
  refuseConflict(source);
  const json = readJson(source);
  const root = readFields(source, json, [
    'schemaVersion',
    'fleet',
    'classes',
    'early',
    // Not in files without any.
    ...(hasField(json, 'overrides') ? (['overrides'] as const) : []),
    'pointers',
  ]);
  if (root['schemaVersion'] !== 1)
    refuse(source, '"schemaVersion"', root['schemaVersion'], 'the schemaVersion 1');
  const pointers = readPointers(source, root['pointers']);
  const classes = Object.entries(readRecord(source, root['classes'], 'classes')).map(
    ([name, value]): readonly [string, ClassState] => {
      const of = readFields(source, value, ['settled', 'rejected'], name);
      const own = pointers.get(name) ?? {};
      const lacking = SLICE_NAMES.find((slice) => own[slice] === undefined);
      if (lacking !== undefined) refuse(source, '"pointers"', name, `a line for its slice ${lacking}`);
      pointers.delete(name);
      return [
        name,
        {
          settled: of['settled'] === null ? null : readRelease(source, of['settled'], 'settled'),
          rejected: readList(source, of['rejected'], 'rejected').map((one) => readRejection(source, one)),
          pointers: own,
        },
      ];
    },
  );
  const [stray] = pointers.keys();
  if (stray !== undefined)
    refuse(source, `"class": ${JSON.stringify(stray)}`, stray, 'a class listed in "classes"');
  const state: RolloutState = {
    fleet: readText(source, root['fleet'], 'fleet'),
    classes: Object.fromEntries(classes),
    early: readList(source, root['early'], 'early').map((one) => readEarly(source, one)),
    ...(hasField(json, 'overrides')
      ? {
          overrides: readList(source, root['overrides'], 'overrides').map((one) => readOverride(source, one)),
        }
      : {}),
  };
  refuseOtherLayout(source, formatState(state));
  return state;
}

function readPointers(source: Source, value: unknown): Map<string, Record<string, Pointer>> {
  const found = new Map<string, Record<string, Pointer>>();
  const list = readList(source, value, 'pointers');
  if (list.at(-1) !== POINTERS_END)
    refuse(source, '"pointers"', list.at(-1), 'null at the end of the pointers');
  for (const one of list.slice(0, -1)) {
    const pointer = readFields(source, one, ['class', 'slice', 'runs', 'before']);
    const name = readText(source, pointer['class'], 'class');
    const slice = readText(source, pointer['slice'], 'slice');
    const line = `"class": ${JSON.stringify(name)}, "slice": ${JSON.stringify(slice)}`;
    if (!SLICE_NAMES.includes(slice)) refuse(source, line, slice, 'one of the 29 slices');
    const own = found.get(name) ?? {};
    if (own[slice] !== undefined)
      refuse(source, line, `${name} ${slice}`, 'one line for each class and slice', 1);
    own[slice] = {
      runs: readRelease(source, pointer['runs'], 'runs'),
      before: pointer['before'] === null ? null : readRelease(source, pointer['before'], 'before'),
    };
    found.set(name, own);
  }
  return found;
}

function readRejection(source: Source, value: unknown): Rejection {
  const one = readFields(source, value, ['release', 'reason', 'versions', 'breakwater', 'open']);
  const versions = Object.entries(readRecord(source, one['versions'], 'versions')).map(
    ([workload, version]) => [workload, readVersion(source, version, workload)] as const,
  );
  return {
    release: readRelease(source, one['release'], 'release'),
    reason: readText(source, one['reason'], 'reason'),
    versions: Object.fromEntries(versions),
    breakwater: readText(source, one['breakwater'], 'breakwater'),
    open: readFlag(source, one['open'], 'open'),
  };
}

function readEarly(source: Source, value: unknown): EarlyPromotion {
  const one = readFields(source, value, ['class', 'wave', 'release', 'reason']);
  return {
    class: readText(source, one['class'], 'class'),
    wave: readText(source, one['wave'], 'wave'),
    release: readRelease(source, one['release'], 'release'),
    reason: readText(source, one['reason'], 'reason'),
  };
}

function readOverride(source: Source, value: unknown): Override {
  const one = readFields(source, value, ['class', 'wave', 'release', 'against', 'reason']);
  const against = OBJECTIONS.find((known) => known === one['against']);
  return {
    class: readText(source, one['class'], 'class'),
    wave: readText(source, one['wave'], 'wave'),
    release: readRelease(source, one['release'], 'release'),
    against: against ?? refuse(source, '"against"', one['against'], `one of ${OBJECTIONS.join(', ')}`),
    reason: readText(source, one['reason'], 'reason'),
  };
}

const OBJECTIONS = ['gate', 'freeze', 'harm'] as const;

const hasField = (value: unknown, name: string): boolean =>
  typeof value === 'object' && value !== null && name in value;

function refuseOtherLayout(source: Source, expected: string): void {
  if (source.text === expected) return;
  const have = source.text.split('\n');
  const want = expected.split('\n');
  const index = want.findIndex((line, at) => have[at] !== line);
  const at = index === -1 ? want.length : index;
  throw syntaxError(
    source,
    at + 1,
    `breakwater writes this line otherwise:\n  got:      ${have[at] ?? ''}\n  expected: ${want[at] ?? ''}`,
  );
}
