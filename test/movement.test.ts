import { expect, test } from 'vitest';
import { SLICE_NAMES } from '../src/plan/movement.ts';
import { place } from '../src/plan/place.ts';
import type { PromoteOptions } from '../src/plan/promote-options.ts';
import { promote } from '../src/plan/promote.ts';
import { retry } from '../src/plan/retry.ts';
import { rollBack } from '../src/plan/roll-back.ts';
import { formatState, parseState } from '../src/plan/state-file.ts';
import type { RolloutState } from '../src/plan/state.ts';
import type { WantedRelease } from '../src/plan/plan.ts';
import { examplePlan, exampleRelease } from './example-plan.ts';

const HOUR = 3_600_000;
const [one, two, three] = [exampleRelease(1), exampleRelease(2), exampleRelease(3)] as const;
const options = { breakwater: '0.1.0', hasPointers: (): boolean => false };
const due: PromoteOptions = { lastMove: () => 0, nowMs: 1000 * HOUR };
const rollBackOptions = {
  reason: 'inference errors',
  breakwater: '0.1.0',
  versionsOf: (_: string, release: string): WantedRelease['versions'] => ({ app: `v${release.slice(1)}` }),
};

/** What a class runs, as `release×slices` in order. */
function told({ classes }: RolloutState, name = 'n100'): string {
  const parts: [string, number][] = [];
  for (const slice of SLICE_NAMES) {
    const digit = classes[name]!.pointers[slice]!.runs.slice(-1);
    const last = parts.at(-1);
    if (last?.[0] === digit) last[1] += 1;
    else parts.push([digit, 1]);
  }
  return parts.map(([digit, count]) => `${digit}×${count}`).join(' ');
}

const start = place(undefined, examplePlan({ n100: one }), options).state;

test('a new class goes to all its slices, with nothing settled', () => {
  expect(told(start)).toBe('1×29');
  expect(start.classes['n100']!.settled).toBeNull();
});

test('an edit goes to the first wave, and what ran everywhere is settled', () => {
  const { state, moves } = place(start, examplePlan({ n100: two }), options);
  expect(told(state)).toBe('2×4 1×25');
  expect(state.classes['n100']!.settled).toBe(one.release);
  expect(moves).toMatchInlineSnapshot(`
    [
      {
        "class": "n100",
        "clusters": 10,
        "devices": 10,
        "from": "r000000000001",
        "slices": [
          "p000.01",
          "p000.02",
          "p000.05",
          "p000.10",
        ],
        "to": "r000000000002",
        "wave": "canary",
      },
    ]
  `);
});

test('promotions hand the release on wave by wave to the end', () => {
  const plan = examplePlan({ n100: two });
  let { state } = place(start, plan, options);
  state = promote(state, plan, due).state;
  expect(told(state)).toBe('2×11 1×18');
  state = promote(state, plan, due).state;
  expect(told(state)).toBe('2×29');
  expect(() => promote(state, plan, due)).toThrow(expect.objectContaining({ code: 'NOTHING_TO_PROMOTE' }));
});

test('a rollback brings every slice back and rejects what ran; synth then moves nothing', () => {
  const plan = examplePlan({ n100: two });
  const placed = place(start, plan, options).state;
  const { state } = rollBack(placed, plan, rollBackOptions);
  expect(told(state)).toBe('1×29');
  const again = place(state, plan, options);
  expect(again.state).toEqual(state);
  expect(again.notices).toMatchInlineSnapshot(`
    [
      {
        "class": "n100",
        "fix": "correct the definition, or run breakwater retry example r000000000002",
        "message": "the definition makes r000000000002: rejected (inference errors), so nothing moves",
      },
    ]
  `);
  expect(formatState(state)).toMatchInlineSnapshot(`
    "{
      "schemaVersion": 1,
      "fleet": "example",
      "classes": {
        "n100": {
          "settled": "r000000000001",
          "rejected": [
            { "release": "r000000000002", "reason": "inference errors", "versions": { "app": "v000000000002" }, "breakwater": "0.1.0", "open": true }
          ]
        }
      },
      "early": [],
      "pointers": [
        { "class": "n100", "slice": "p000.01", "runs": "r000000000001", "before": "r000000000002" },
        { "class": "n100", "slice": "p000.02", "runs": "r000000000001", "before": "r000000000002" },
        { "class": "n100", "slice": "p000.05", "runs": "r000000000001", "before": "r000000000002" },
        { "class": "n100", "slice": "p000.10", "runs": "r000000000001", "before": "r000000000002" },
        { "class": "n100", "slice": "p000.20", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p000.50", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p001.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p002.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p003.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p005.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p010.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p015.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p020.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p025.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p030.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p035.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p040.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p045.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p050.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p055.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p060.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p065.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p070.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p075.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p080.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p085.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p090.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p095.00", "runs": "r000000000001", "before": null },
        { "class": "n100", "slice": "p100.00", "runs": "r000000000001", "before": null },
        null
      ]
    }
    "
  `);
});

test('a retry clears the rejection and places the release again', () => {
  const plan = examplePlan({ n100: two });
  const back = rollBack(place(start, plan, options).state, plan, rollBackOptions).state;
  const { state } = retry(back, plan, two.release, '0.1.0');
  expect(told(state)).toBe('2×4 1×25');
  expect(state.classes['n100']!.rejected).toEqual([]);
});

test('three releases may be under way at once', () => {
  let { state } = place(start, examplePlan({ n100: two }), options);
  state = promote(state, examplePlan({ n100: two }), due).state;
  state = place(state, examplePlan({ n100: three }), options).state;
  expect(told(state)).toBe('3×4 2×7 1×18');
});

test('a promotion too early says what, since when and until when', () => {
  const plan = examplePlan({ n100: two });
  const { state } = place(start, plan, options);
  const early: PromoteOptions = { lastMove: () => 0, nowMs: 5 * HOUR };
  expect(() => promote(state, plan, early)).toThrowErrorMatchingInlineSnapshot(
    `[UserError: class n100: wave canary must be watched for 24h, and has run r000000000002 for 5h: due 1970-01-02T00:00:00.000Z]`,
  );
  const { state: moved } = promote(state, plan, { ...early, early: 'hotfix' });
  expect(moved.early).toEqual([{ class: 'n100', wave: 'early', release: two.release, reason: 'hotfix' }]);
  expect(() =>
    promote(state, plan, { ...early, lastMove: () => undefined }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[UserError: class n100: wave canary must be watched for 24h, and nothing tells since when it runs r000000000002: its lines are not in a Git repository, or Git is not installed]`,
  );
});

test('a rollout file reads back as it was written', () => {
  const plan = examplePlan({ n100: two });
  const { state } = rollBack(place(start, plan, options).state, plan, rollBackOptions);
  expect(parseState(formatState(state), 'fleets/example.rollout.json')).toEqual(state);
});
