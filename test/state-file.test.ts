import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../src/errors.ts';
import { SLICE_NAMES } from '../src/plan/movement.ts';
import { formatState, parseState } from '../src/plan/state-file.ts';
import type { ClassState, RolloutState } from '../src/plan/state.ts';

const FILE = 'fleets/example.rollout.json';
const hex = fc.stringMatching(/^[0-9a-f]{12}$/);
const release = hex.map((digits) => `r${digits}`);
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/);
const text = fc.string({ unit: 'grapheme' });
const classState: fc.Arbitrary<ClassState> = fc.record({
  settled: fc.option(release),
  rejected: fc.array(
    fc.record({
      release,
      reason: text,
      versions: fc.dictionary(
        name,
        hex.map((digits) => `v${digits}`),
        { noNullPrototype: true },
      ),
      breakwater: text,
      open: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
  pointers: fc
    .array(fc.record({ runs: release, before: fc.option(release) }), { minLength: 29, maxLength: 29 })
    .map((pointers) => Object.fromEntries(SLICE_NAMES.map((slice, index) => [slice, pointers[index]!]))),
});
const state: fc.Arbitrary<RolloutState> = fc.record({
  fleet: name,
  classes: fc.dictionary(name, classState, { maxKeys: 4, noNullPrototype: true }),
  early: fc.array(fc.record({ class: name, wave: name, release, reason: text }), { maxLength: 3 }),
});

test('a state reads back as it was written, and the text is written again as it was read', () => {
  fc.assert(
    fc.property(state, (given) => {
      const written = formatState(given);
      expect(parseState(written, FILE)).toEqual(given);
      expect(formatState(parseState(written, FILE))).toBe(written);
      expect(JSON.parse(written)).toMatchObject({ schemaVersion: 1, fleet: given.fleet, early: given.early });
    }),
  );
});

test("no other pointer's line changes when a class comes or goes: blame tells when it moved", () => {
  const pointerLines = (given: RolloutState): readonly string[] =>
    formatState(given)
      .split('\n')
      .filter((one) => one.includes('"slice"'));
  fc.assert(
    fc.property(state, name, classState, (given, added, of) => {
      const { [added]: _gone, ...others } = given.classes;
      const without = pointerLines({ ...given, classes: others });
      const after = pointerLines({ ...given, classes: { ...others, [added]: of } });
      expect(after.filter((one) => !one.includes(`"class": "${added}"`))).toEqual(without);
    }),
  );
});

test('line ends of Windows are read', () => {
  fc.assert(
    fc.property(state, (given) => {
      expect(parseState(formatState(given).replaceAll('\n', '\r\n'), FILE)).toEqual(given);
    }),
    { numRuns: 10 },
  );
});

const pointers = Object.fromEntries(
  SLICE_NAMES.map((slice) => [slice, { runs: 'r000000000001', before: null }]),
);
const good = formatState({
  fleet: 'example',
  classes: {
    n100: {
      settled: 'r000000000001',
      rejected: [
        {
          release: 'r000000000002',
          reason: 'bad',
          versions: { app: 'v000000000002' },
          breakwater: '0.1.0',
          open: true,
        },
      ],
      pointers,
    },
  },
  early: [],
});

function refusalOf(broken: string): string {
  expect(broken).not.toBe(good);
  try {
    parseState(broken, FILE);
  } catch (error) {
    if (error instanceof UserError) return `error[${error.code}]: ${error.message}\n  fix: ${error.hint}`;
    throw error;
  }
  return 'it was read';
}

const line = (slice: string): string => good.split('\n').find((one) => one.includes(`"slice": "${slice}"`))!;

describe('a file that this tool did not write is refused, with line and value', () => {
  test('the text', () => {
    expect(good.split('\n').slice(0, 17).join('\n')).toMatchInlineSnapshot(`
      "{
        "schemaVersion": 1,
        "fleet": "example",
        "classes": {
          "n100": {
            "settled": "r000000000001",
            "rejected": [
              { "release": "r000000000002", "reason": "bad", "versions": { "app": "v000000000002" }, "breakwater": "0.1.0", "open": true }
            ]
          }
        },
        "early": [],
        "pointers": [
          { "class": "n100", "slice": "p000.01", "runs": "r000000000001", "before": null },
          { "class": "n100", "slice": "p000.02", "runs": "r000000000001", "before": null },
          { "class": "n100", "slice": "p000.05", "runs": "r000000000001", "before": null },
          { "class": "n100", "slice": "p000.10", "runs": "r000000000001", "before": null },"
    `);
  });

  test('no JSON', () => {
    expect(refusalOf(good.replace('"early": [],', '"early": [,'))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:12: no JSON: expected a value, in: "early": [,
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
    expect(refusalOf(good.slice(0, 300))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:13: no JSON: expected a name in double quotes, in: "p
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
    expect(refusalOf('')).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:1: no JSON: expected a value, in: 
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
  });

  test('no null at the end of the pointers', () => {
    expect(refusalOf(good.replace(',\n    null', ''))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:13: expected null at the end of the pointers, got {"class":"n100","slice":"p100.00","runs":"r000000000001","before":null}
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
  });

  test('an unknown field', () => {
    expect(refusalOf(good.replace('"before": null', '"before": null, "note": "x"'))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:14: expected no field but class, slice, runs, before, got "note"
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
    expect(refusalOf(good.replace('"early": [],', '"early": [],\n  "paused": true,'))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:13: expected no field but schemaVersion, fleet, classes, early, pointers, got "paused"
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
  });

  test('a missing field', () => {
    expect(refusalOf(good.replace(', "before": null', ''))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:14: expected a field before, got {"class":"n100","slice":"p000.01","runs":"r000000000001"}
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
    expect(refusalOf(good.replace('  "early": [],\n', ''))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:3: expected a field early, got {"schemaVersion":1,"fleet":"example","classes":{"n100":{"settled":"r000000000001…
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
  });

  test('a value that is none', () => {
    expect(refusalOf(good.replace('"runs": "r000000000001"', '"runs": "latest"'))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:14: expected a release, r and 12 hexadecimal digits, got "latest"
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
    expect(refusalOf(good.replace('"open": true', '"open": "yes"'))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:8: expected true or false, got "yes"
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
    expect(refusalOf(good.replace('"settled": "r000000000001"', '"settled": 7'))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:6: expected a release, r and 12 hexadecimal digits, got 7
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
    expect(refusalOf(good.replace('"v000000000002"', '"v2"'))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:8: expected a version, v and 12 hexadecimal digits, got "v2"
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
    expect(refusalOf(good.replace('"schemaVersion": 1', '"schemaVersion": 2'))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:2: expected the schemaVersion 1, got 2
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
  });

  test('slices: missing, unknown, twice', () => {
    expect(refusalOf(good.replace(`${line('p000.05')}\n`, ''))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:13: expected a line for its slice p000.05, got "n100"
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
    expect(refusalOf(good.replace('p000.05', 'p000.07'))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:16: expected one of the 29 slices, got "p000.07"
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
    expect(refusalOf(good.replace(line('p000.05'), `${line('p000.05')}\n${line('p000.05')}`)))
      .toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:17: expected one line for each class and slice, got "n100 p000.05"
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
  });

  test('a pointer of a class that is not listed', () => {
    const stray = line('p000.05').replace('n100', 'n200');
    expect(refusalOf(good.replace(line('p000.05'), `${line('p000.05')}\n${stray}`))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:17: expected a class listed in "classes", got "n200"
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
  });

  test('another layout', () => {
    expect(refusalOf(good.replace(line('p000.05'), `  ${line('p000.05')}`))).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:16: breakwater writes this line otherwise:
        got:            { "class": "n100", "slice": "p000.05", "runs": "r000000000001", "before": null },
        expected:     { "class": "n100", "slice": "p000.05", "runs": "r000000000001", "before": null },
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
    expect(
      refusalOf(
        good.replace(`${line('p000.02')}\n${line('p000.05')}`, `${line('p000.05')}\n${line('p000.02')}`),
      ),
    ).toMatchInlineSnapshot(`
      "error[ROLLOUT_SYNTAX]: fleets/example.rollout.json:15: breakwater writes this line otherwise:
        got:          { "class": "n100", "slice": "p000.05", "runs": "r000000000001", "before": null },
        expected:     { "class": "n100", "slice": "p000.02", "runs": "r000000000001", "before": null },
        fix: check the file out from Git again: git checkout HEAD -- fleets/example.rollout.json"
    `);
  });
});

test('conflict markers are shown with both sides', () => {
  const theirs = line('p000.05').replace('r000000000001', 'r000000000009');
  const conflict = `<<<<<<< HEAD\n${line('p000.05')}\n=======\n${theirs}\n>>>>>>> fix-canary`;
  expect(refusalOf(good.replace(line('p000.05'), conflict))).toMatchInlineSnapshot(`
    "error[ROLLOUT_CONFLICT]: fleets/example.rollout.json:16: two branches moved the same pointers:
      HEAD:
        { "class": "n100", "slice": "p000.05", "runs": "r000000000001", "before": null },
      fix-canary:
        { "class": "n100", "slice": "p000.05", "runs": "r000000000009", "before": null },
      fix: keep one side, git checkout --ours or --theirs -- fleets/example.rollout.json, then run breakwater synth"
  `);
});

test('conflict markers with the common ancestor between them', () => {
  const theirs = line('p000.05').replace('r000000000001', 'r000000000009');
  const conflict = `<<<<<<< HEAD\n${line('p000.05')}\n||||||| 1234567\nbase\n=======\n${theirs}\n>>>>>>> fix`;
  expect(refusalOf(good.replace(line('p000.05'), conflict))).not.toContain('base');
});
