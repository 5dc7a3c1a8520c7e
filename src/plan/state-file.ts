import { UserError } from '../errors.ts';
import { SLICE_NAMES } from './movement.ts';
import { sorted } from './sorted.ts';
import { refuseConflict, StateReader } from './state-reader.ts';
import type { ClassState, EarlyPromotion, Pointer, Rejection, RolloutState } from './state.ts';

/**
 * The text of `fleets/<name>.rollout.json`: JSON with one line for each rejection, early promotion and pointer, so
 * that Git's blame of a pointer's line tells when it last moved. Classes in name order, pointers by class and slice.
 */
export function formatState({ fleet, classes, early }: RolloutState): string {
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
  "early": ${lines(early.map(earlyLine), 2)},
  "pointers": ${lines(pointers, 2)}
}
`;
}

const rejectionLine = ({ release, reason, versions, breakwater, open }: Rejection): string =>
  oneLine({ release, reason, versions: sorted(versions), breakwater, open });

const earlyLine = ({ class: name, wave, release, reason }: EarlyPromotion): string =>
  oneLine({ class: name, wave, release, reason });

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
  refuseConflict(unix, file);
  const reader = new StateReader(unix, file);
  const root = reader.fields(reader.json(), ['schemaVersion', 'fleet', 'classes', 'early', 'pointers']);
  if (root['schemaVersion'] !== 1)
    reader.refuse('"schemaVersion"', root['schemaVersion'], 'the schemaVersion 1');
  const pointers = readPointers(reader, root['pointers']);
  const classes = Object.entries(reader.record(root['classes'], 'classes')).map(
    ([name, value]): readonly [string, ClassState] => {
      const of = reader.fields(value, ['settled', 'rejected'], name);
      const own = pointers.get(name) ?? {};
      const lacking = SLICE_NAMES.find((slice) => own[slice] === undefined);
      if (lacking !== undefined) reader.refuse('"pointers"', name, `a line for its slice ${lacking}`);
      pointers.delete(name);
      return [
        name,
        {
          settled: of['settled'] === null ? null : reader.release(of['settled'], 'settled'),
          rejected: reader.list(of['rejected'], 'rejected').map((one) => readRejection(reader, one)),
          pointers: own,
        },
      ];
    },
  );
  const [stray] = pointers.keys();
  if (stray !== undefined)
    reader.refuse(`"class": ${JSON.stringify(stray)}`, stray, 'a class listed in "classes"');
  const state: RolloutState = {
    fleet: reader.text(root['fleet'], 'fleet'),
    classes: Object.fromEntries(classes),
    early: reader.list(root['early'], 'early').map((one) => readEarly(reader, one)),
  };
  refuseOtherLayout(unix, formatState(state), file);
  return state;
}

function readPointers(reader: StateReader, value: unknown): Map<string, Record<string, Pointer>> {
  const found = new Map<string, Record<string, Pointer>>();
  for (const one of reader.list(value, 'pointers')) {
    const pointer = reader.fields(one, ['class', 'slice', 'runs', 'before']);
    const name = reader.text(pointer['class'], 'class');
    const slice = reader.text(pointer['slice'], 'slice');
    const line = `"class": ${JSON.stringify(name)}, "slice": ${JSON.stringify(slice)}`;
    if (!SLICE_NAMES.includes(slice)) reader.refuse(line, slice, 'one of the 29 slices');
    const own = found.get(name) ?? {};
    if (own[slice] !== undefined)
      reader.refuse(line, `${name} ${slice}`, 'one line for each class and slice', 1);
    own[slice] = {
      runs: reader.release(pointer['runs'], 'runs'),
      before: pointer['before'] === null ? null : reader.release(pointer['before'], 'before'),
    };
    found.set(name, own);
  }
  return found;
}

function readRejection(reader: StateReader, value: unknown): Rejection {
  const one = reader.fields(value, ['release', 'reason', 'versions', 'breakwater', 'open']);
  const versions = Object.entries(reader.record(one['versions'], 'versions')).map(
    ([workload, version]) => [workload, reader.version(version, workload)] as const,
  );
  return {
    release: reader.release(one['release'], 'release'),
    reason: reader.text(one['reason'], 'reason'),
    versions: Object.fromEntries(versions),
    breakwater: reader.text(one['breakwater'], 'breakwater'),
    open: reader.flag(one['open'], 'open'),
  };
}

function readEarly(reader: StateReader, value: unknown): EarlyPromotion {
  const one = reader.fields(value, ['class', 'wave', 'release', 'reason']);
  return {
    class: reader.text(one['class'], 'class'),
    wave: reader.text(one['wave'], 'wave'),
    release: reader.release(one['release'], 'release'),
    reason: reader.text(one['reason'], 'reason'),
  };
}

function refuseOtherLayout(text: string, expected: string, file: string): void {
  if (text === expected) return;
  const have = text.split('\n');
  const want = expected.split('\n');
  const at = want.findIndex((line, index) => have[index] !== line);
  const index = at === -1 ? want.length : at;
  throw new UserError(
    'ROLLOUT_SYNTAX',
    `${file}:${index + 1}: ${JSON.stringify(have[index] ?? '')} is not as breakwater writes it: ${JSON.stringify(want[index] ?? '')}`,
    `check the file out from Git again: git checkout HEAD -- ${file}`,
  );
}
