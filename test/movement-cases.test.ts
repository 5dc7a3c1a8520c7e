import { describe, expect, test } from 'vitest';
import { UserError } from '../src/errors.ts';
import { SLICE_NAMES } from '../src/plan/movement.ts';
import { place } from '../src/plan/place.ts';
import type { PromoteOptions } from '../src/plan/promote-options.ts';
import { promote } from '../src/plan/promote.ts';
import { retry } from '../src/plan/retry.ts';
import { rollBack } from '../src/plan/roll-back.ts';
import type { PlanFile, WantedRelease } from '../src/plan/plan.ts';
import type { RolloutState } from '../src/plan/state.ts';
import { examplePlan, exampleRelease } from './example-plan.ts';

const HOUR = 3_600_000;
const [one, two, three] = [exampleRelease(1), exampleRelease(2), exampleRelease(3)] as const;
const versions: Record<string, WantedRelease['versions']> = {};
for (const { release, versions: of } of [one, two, three]) versions[release] = of;

const options = { breakwater: '0.1.0', hasPointers: (): boolean => false };
const due: PromoteOptions = { lastMove: () => 0, nowMs: 1000 * HOUR };
const back = (state: RolloutState, plan: PlanFile, name?: string): RolloutState =>
  rollBack(state, plan, {
    ...(name === undefined ? {} : { class: name }),
    reason: 'inference errors',
    breakwater: '0.1.0',
    versionsOf: (_, release) => versions[release]!,
  }).state;

/** What a class runs, as `release×slices` in order. */
function told({ classes }: RolloutState, name = 'n100'): string {
  const runs = SLICE_NAMES.map((slice) => classes[name]!.pointers[slice]!.runs.slice(-1));
  return runs
    .join('')
    .replaceAll(/(.)\1*/g, (run) => `${run[0]}×${run.length} `)
    .trim();
}

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return `error[${error.code}]: ${error.message}\n  fix: ${error.hint}`;
    throw error;
  }
  return 'nothing was refused';
};

/** The last slice of the first wave but one moved later than the others. */
const unevenly = (_: string, slice: string): number => (slice === 'p000.05' ? 5 * HOUR : 0);

const first = examplePlan({ n100: one });
const plan = examplePlan({ n100: two });
const start = place(undefined, first, options).state;
const placed = place(start, plan, options).state;

describe('classes', () => {
  test('a class with folders and no lines is refused: its rollout file is missing', () => {
    expect(refusal(() => place(undefined, first, { ...options, hasPointers: () => true })))
      .toMatchInlineSnapshot(`
      "error[ROLLOUT_MISSING]: class n100 has pointers in generated/example/slices, but no lines in fleets/example.rollout.json
        fix: check the file out from Git: git checkout HEAD -- fleets/example.rollout.json"
    `);
  });

  test('a renamed class keeps its pointers, and goes on under its new name', () => {
    const renamed = examplePlan({ n200: two }, { renamedFrom: { n200: 'n100' } });
    const { state, moves, notices, renamed: from } = place(placed, renamed, options);
    expect(told(state, 'n200')).toBe('2×4 1×25');
    expect(Object.keys(state.classes)).toEqual(['n200']);
    expect({ moves, notices, from }).toMatchInlineSnapshot(`
      {
        "from": [
          {
            "from": "n100",
            "to": "n200",
          },
        ],
        "moves": [],
        "notices": [
          {
            "class": "n200",
            "message": "takes over the pointers of class n100, renamed",
          },
        ],
      }
    `);
    expect(place(state, renamed, options).notices).toEqual([]);
  });

  test('a class split off from one that stays is new', () => {
    const split = examplePlan({ n100: two, n200: two }, { renamedFrom: { n200: 'n100' } });
    const { state } = place(placed, split, options);
    expect([told(state), told(state, 'n200')]).toEqual(['2×4 1×25', '2×29']);
  });

  test('a class that left the definition loses its lines', () => {
    const both = place(placed, examplePlan({ n100: two, old: one }), options).state;
    const { state, removed, notices } = place(both, plan, options);
    expect(Object.keys(state.classes)).toEqual(['n100']);
    expect({ removed, notices }).toMatchInlineSnapshot(`
      {
        "notices": [
          {
            "class": "old",
            "message": "has left the definition: its pointers and releases are removed",
          },
        ],
        "removed": [
          "old",
        ],
      }
    `);
  });
});

describe('rejections', () => {
  const rejected = back(placed, plan);

  test('hold for any release with the versions that were rejected', () => {
    const other = { release: three.release, versions: { ...two.versions, more: 'v00000000000f' } };
    const { state, notices } = place(rejected, examplePlan({ n100: other }), options);
    expect(state).toEqual(rejected);
    expect(notices).toMatchInlineSnapshot(`
      [
        {
          "class": "n100",
          "fix": "correct the definition, or run breakwater retry example r000000000002",
          "message": "the definition makes r000000000003, which holds what r000000000002 was rejected for: rejected (inference errors), so nothing moves",
        },
      ]
    `);
  });

  test('do not hold for a fix', () => {
    const { state, notices } = place(rejected, examplePlan({ n100: three }), options);
    expect(told(state)).toBe('3×4 1×25');
    expect(notices).toEqual([]);
  });

  test('by name alone where no version differed', () => {
    const frame = { release: two.release, versions: one.versions };
    const rejectedFrame = rollBack(place(start, examplePlan({ n100: frame }), options).state, plan, {
      reason: 'health never true',
      breakwater: '0.1.0',
      versionsOf: () => one.versions,
    }).state;
    expect(rejectedFrame.classes['n100']!.rejected[0]!.versions).toEqual({});
    expect(told(place(rejectedFrame, examplePlan({ n100: three }), options).state)).toBe('3×4 1×25');
    expect(told(place(rejectedFrame, examplePlan({ n100: frame }), options).state)).toBe('1×29');
  });

  test('stop another version of Breakwater, until the definition was corrected with the old one', () => {
    const upgraded = { ...options, breakwater: '0.2.0' };
    const { state, notices } = place(rejected, examplePlan({ n100: three }), upgraded);
    expect(state).toEqual(rejected);
    expect(notices).toMatchInlineSnapshot(`
      [
        {
          "class": "n100",
          "fix": "correct the definition with Breakwater 0.1.0 and upgrade then, or run breakwater retry example r000000000002",
          "message": "r000000000002 was rejected by Breakwater 0.1.0: Breakwater 0.2.0 cannot tell whether r000000000003 is the same again, so nothing moves",
        },
      ]
    `);
    const fixed = place(rejected, examplePlan({ n100: three }), options).state;
    const rendered = { release: 'r000000000004', versions: { app: 'v000000000004' } };
    expect(told(place(fixed, examplePlan({ n100: rendered }), upgraded).state)).toBe('4×4 1×25');
  });

  test('a retry of a release that is not rejected names those that are', () => {
    expect(refusal(() => retry(rejected, plan, 'r0', '0.1.0'))).toMatchInlineSnapshot(`
      "error[RELEASE_UNKNOWN]: fleet example has no rejected release "r0"
        fix: name one of r000000000002"
    `);
  });
});

describe('going back', () => {
  test('the settled release, wanted again, comes to every slice', () => {
    const half = promote(placed, plan, due).state;
    const { state, notices } = place(half, first, options);
    expect(told(state)).toBe('1×29');
    expect(state.classes['n100']!.rejected).toEqual([]);
    expect(notices).toMatchInlineSnapshot(`
      [
        {
          "class": "n100",
          "message": "the definition makes the settled release r000000000001 again: every slice goes back to it",
        },
      ]
    `);
  });

  test('once a release runs everywhere, the one before goes out in waves as any other', () => {
    const whole = promote(promote(placed, plan, due).state, plan, due).state;
    const { state } = place(whole, first, options);
    expect(told(state)).toBe('1×4 2×25');
    expect(state.classes['n100']!.settled).toBe(two.release);
  });

  test('a first release has nothing to go back to', () => {
    expect(refusal(() => back(start, plan))).toMatchInlineSnapshot(`
      "error[NOTHING_SETTLED]: fleet example runs its first release: there is none to go back to
        fix: correct the definition and run breakwater synth"
    `);
    expect(refusal(() => back(start, plan, 'n200'))).toMatchInlineSnapshot(`
      "error[CLASS_UNKNOWN]: fleet example has no class "n200" in its rollout file
        fix: name one of n100"
    `);
  });

  test('one class goes back alone', () => {
    const both = examplePlan({ a: two, b: two });
    const state = place(
      place(undefined, examplePlan({ a: one, b: one }), options).state,
      both,
      options,
    ).state;
    const after = back(state, both, 'b');
    expect([told(after, 'a'), told(after, 'b')]).toEqual(['2×4 1×25', '1×29']);
  });

  test('everything that ran and is not settled is rejected', () => {
    const half = promote(placed, plan, due).state;
    const state = back(place(half, examplePlan({ n100: three }), options).state, plan);
    expect(state.classes['n100']!.rejected.map(({ release }) => release)).toEqual([
      two.release,
      three.release,
    ]);
  });
});

describe('promotion', () => {
  const small = examplePlan({ n100: two }, { maxDevicesPerPromotion: 700 });

  test('takes whole slices up to the budget, and says what stays', () => {
    const { state, notices } = promote(placed, small, due);
    expect(told(state)).toBe('2×10 1×19');
    expect(notices).toMatchInlineSnapshot(`
      [
        {
          "class": "n100",
          "message": "1 of 7 slices of wave early stay for the next call: maxDevicesPerPromotion is 700",
        },
      ]
    `);
  });

  test('moves a slice that is larger than the budget alone, and says so', () => {
    const tiny = examplePlan({ n100: two }, { maxDevicesPerPromotion: 5 });
    const { state, notices } = promote(placed, tiny, due);
    expect(told(state)).toBe('2×5 1×24');
    expect(notices).toMatchInlineSnapshot(`
      [
        {
          "class": "n100",
          "message": "slice p000.20 has 10 devices, more than maxDevicesPerPromotion 5: it moves all the same, since slices are not cut",
        },
      ]
    `);
  });

  test('shares the budget over classes in name order', () => {
    const both = examplePlan({ a: two, b: two }, { maxDevicesPerPromotion: 1200 });
    const state = place(
      place(undefined, examplePlan({ a: one, b: one }), options).state,
      both,
      options,
    ).state;
    const after = promote(state, both, due).state;
    expect([told(after, 'a'), told(after, 'b')]).toEqual(['2×11 1×18', '2×8 1×21']);
  });

  test('waits for the pause between two parts of a wave', () => {
    const part = promote(placed, small, due).state;
    expect(refusal(() => promote(part, small, { lastMove: () => 0, nowMs: HOUR / 2 })))
      .toMatchInlineSnapshot(`
      "error[SOAK]: class n100: parts of wave early are 1h apart, and has run r000000000002 for 30m: due 1970-01-01T01:00:00.000Z
        fix: wait, or write down why not to: --early REASON"
    `);
    expect(told(promote(part, small, { lastMove: () => 0, nowMs: HOUR }).state)).toBe('2×11 1×18');
  });

  test('waits for the slice of the source wave that moved last', () => {
    expect(refusal(() => promote(placed, plan, { lastMove: unevenly, nowMs: 24 * HOUR }))).toContain(
      'has run r000000000002 for 19h: due 1970-01-02T05:00:00.000Z',
    );
  });

  test('moves the classes that are due and says which wait', () => {
    const both = examplePlan({ a: two, b: two });
    const state = place(
      place(undefined, examplePlan({ a: one, b: one }), options).state,
      both,
      options,
    ).state;
    const lastMove = (name: string): number => (name === 'a' ? 0 : 20 * HOUR);
    const { state: after, notices } = promote(state, both, { lastMove, nowMs: 30 * HOUR });
    expect([told(after, 'a'), told(after, 'b')]).toEqual(['2×11 1×18', '2×4 1×25']);
    expect(notices.map((notice) => notice.class)).toEqual(['b']);
  });

  test('writes down why it was early only for classes that were', () => {
    const both = examplePlan({ a: two, b: two });
    const state = place(
      place(undefined, examplePlan({ a: one, b: one }), options).state,
      both,
      options,
    ).state;
    const lastMove = (name: string): number => (name === 'a' ? 0 : 20 * HOUR);
    const { state: after } = promote(state, both, { lastMove, nowMs: 30 * HOUR, early: 'a fix' });
    expect(after.early).toEqual([{ class: 'b', wave: 'early', release: two.release, reason: 'a fix' }]);
  });

  test('forgets why it was early once nothing names the release', () => {
    const early = promote(placed, plan, { lastMove: () => 0, nowMs: 0, early: 'a fix' }).state;
    let { state } = place(early, examplePlan({ n100: three }), options);
    for (let calls = 0; calls < 2; calls += 1)
      state = promote(state, examplePlan({ n100: three }), due).state;
    expect(state.early).toHaveLength(1);
    for (const wanted of [one, two, three].slice(0, 1)) {
      const next = examplePlan({ n100: wanted });
      state = place(state, next, options).state;
      for (let calls = 0; calls < 2; calls += 1) state = promote(state, next, due).state;
    }
    expect(state.early).toEqual([]);
  });

  test('--wave takes over from the wave before, while the first already runs something newer', () => {
    const half = promote(placed, plan, due).state;
    const newer = examplePlan({ n100: three });
    const { state } = promote(place(half, newer, options).state, newer, { ...due, wave: 'rest' });
    expect(told(state)).toBe('3×4 2×25');
  });

  test('--wave is refused where the wave before runs two releases, or there is no such wave', () => {
    const part = promote(placed, small, due).state;
    expect(refusal(() => promote(part, small, { ...due, wave: 'rest' }))).toMatchInlineSnapshot(`
      "error[WAVE_MIXED]: class n100 runs r000000000002 and r000000000001 in wave early: wave rest has no one release to take over
        fix: promote wave early to its end first, or name another class with --class"
    `);
    expect(refusal(() => promote(part, small, { ...due, wave: 'all' }))).toMatchInlineSnapshot(`
      "error[WAVE_UNKNOWN]: fleet example has no wave "all"
        fix: name one of canary, early, rest"
    `);
  });

  test('what a larger first wave lacks is promoted, not placed', () => {
    const larger = examplePlan(
      { n100: two },
      {
        waves: [
          { name: 'canary', percent: 1, soak: '24h' },
          { name: 'rest', percent: 100 },
        ],
      },
    );
    expect(place(placed, larger, options).moves).toEqual([]);
    expect(told(promote(placed, larger, due).state)).toBe('2×7 1×22');
  });

  test('nothing to promote says so', () => {
    expect(refusal(() => promote(start, first, due))).toMatchInlineSnapshot(`
      "error[NOTHING_TO_PROMOTE]: every slice of fleet example runs the first slice's release
        fix: edit the definition and run breakwater synth"
    `);
    expect(refusal(() => promote(start, first, { ...due, wave: 'early' }))).toMatchInlineSnapshot(`
      "error[NOTHING_TO_PROMOTE]: every slice of wave early of fleet example runs what the slice before it runs
        fix: edit the definition and run breakwater synth"
    `);
  });

  test('a state that only a merge can make is not promoted', () => {
    const of = placed.classes['n100']!;
    const broken = { ...placed, classes: { n100: { ...of, settled: two.release } } };
    expect(refusal(() => promote(broken, plan, due))).toMatchInlineSnapshot(`
      "error[NOTHING_TO_PROMOTE]: fleet example: class n100: r000000000002 is the settled release: handing it on is a rollback
        fix: run breakwater rollback example --class n100 --reason TEXT"
    `);
  });
});
