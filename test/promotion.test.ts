import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../src/errors.ts';
import type { GateSpec } from '../src/fleet/spec.ts';
import { freezeAt } from '../src/plan/freeze.ts';
import { detectionMs, unseenShare } from '../src/plan/harm.ts';
import { SLICE_NAMES } from '../src/plan/movement.ts';
import { place } from '../src/plan/place.ts';
import type { PlanFile } from '../src/plan/plan.ts';
import type { PromoteOptions } from '../src/plan/promote-options.ts';
import { promote } from '../src/plan/promote.ts';
import { formatState, parseState } from '../src/plan/state-file.ts';
import type { RolloutState } from '../src/plan/state.ts';
import { examplePlan, exampleRelease } from './example-plan.ts';

const HOUR = 3_600_000;
/** A Saturday. */
const NOW = Date.parse('2026-01-03T12:00:00Z');
const due: PromoteOptions = { lastMove: () => 0, nowMs: NOW };
const [one, two] = [exampleRelease(1), exampleRelease(2)] as const;
const options = { breakwater: '0.1.0', hasPointers: (): boolean => false };
const GATE: GateSpec = {
  baseline: 0.005,
  detect: 0.01,
  alpha: 0.01,
  beta: 0.01,
  ceiling: 0.05,
  window: '10m',
  overdueAfter: '6h',
};

/** A new release on the canary of ten devices, of 10,000. */
function canary(changes: Partial<PlanFile> = {}): { state: RolloutState; plan: PlanFile } {
  const first = place(undefined, examplePlan({ n100: one }), options).state;
  const plan = { ...examplePlan({ n100: two }), gate: GATE, ...changes };
  return { state: place(first, plan, options).state, plan };
}

const runs = ({ classes }: RolloutState): number =>
  SLICE_NAMES.filter((slice) => classes['n100']!.pointers[slice]!.runs === two.release).length;

describe('freezes', () => {
  const at = (time: string, from: string, until: string): string | undefined => {
    const freeze = freezeAt([{ from, until, reason: 'trade' }], Date.parse(time));
    return freeze && new Date(freeze.untilMs).toISOString();
  };
  test('of one day hold from their first minute to the one before their end', () => {
    const dates = ['2026-12-20T18:00Z', '2027-01-02T06:00Z'] as const;
    expect(at('2026-12-20T17:59:59Z', ...dates)).toBeUndefined();
    expect(at('2026-12-20T18:00:00Z', ...dates)).toBe('2027-01-02T06:00:00.000Z');
    expect(at('2027-01-02T05:59:59Z', ...dates)).toBe('2027-01-02T06:00:00.000Z');
    expect(at('2027-01-02T06:00:00Z', ...dates)).toBeUndefined();
  });
  test('of every week hold over the end of a week', () => {
    const weekly = ['Fri 16:00', 'Mon 06:00'] as const;
    expect(at('2026-01-02T15:59:59Z', ...weekly)).toBeUndefined();
    expect(at('2026-01-02T16:00:00Z', ...weekly)).toBe('2026-01-05T06:00:00.000Z');
    expect(at('2026-01-04T00:00:00Z', ...weekly)).toBe('2026-01-05T06:00:00.000Z');
    expect(at('2026-01-05T05:59:59Z', ...weekly)).toBe('2026-01-05T06:00:00.000Z');
    expect(at('2026-01-05T06:00:00Z', ...weekly)).toBeUndefined();
    expect(at('2026-01-07T12:00:00Z', 'Mon 06:00', 'Fri 16:00')).toBe('2026-01-09T16:00:00.000Z');
  });
  test('promote rests while one is on, until the longest is over, unless somebody answers for it', () => {
    const { state, plan } = canary({
      freeze: [
        { from: 'Fri 16:00', until: 'Mon 06:00', reason: 'weekend' },
        { from: '2026-01-01T00:00Z', until: '2026-01-08T00:00Z', reason: 'stock-taking' },
      ],
    });
    expect(() => promote(state, plan, due)).toThrowErrorMatchingInlineSnapshot(
      `[UserError: fleet example promotes nothing until 2026-01-08T00:00:00.000Z: stock-taking]`,
    );
    const { state: moved } = promote(state, plan, { ...due, override: 'cameras are dark' });
    expect(moved.overrides).toEqual([
      { class: 'n100', wave: 'early', release: two.release, against: 'freeze', reason: 'cameras are dark' },
    ]);
    expect(promote(state, plan, { ...due, nowMs: Date.parse('2026-01-08T00:00Z') }).state.overrides).toBe(
      undefined,
    );
  });
});

describe('maxHarmedDevices', () => {
  test('leaves for later what a release just below what the gate sees could harm', () => {
    // Twenty harmed at five percent are 400 devices: slices of 10, 30, 50, 100, 100, and not the next 200.
    const { state, plan } = canary({ budget: { maxHarmedDevices: 20 } });
    const { state: moved, notices } = promote(state, plan, due);
    expect(runs(moved)).toBe(4 + 5);
    expect(notices.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "2 of 7 slices of wave early stay for the next call: a release that may still harm 5 % of what moves is to stay below maxHarmedDevices 20",
      ]
    `);
  });
  test('counts what moved too lately to be known', () => {
    const { state, plan } = canary({ budget: { maxHarmedDevices: 20 } });
    const { state: moved } = promote(state, plan, due);
    const lately = { ...due, lastMove: () => NOW - 2 * HOUR };
    expect(() => promote(moved, plan, lately)).toThrowErrorMatchingInlineSnapshot(
      `[UserError: class n100: wave early is to move 200 devices from slice p005.00 on, after 290 that moved too lately to be known: a release that may still harm 5 % of them is above maxHarmedDevices 20]`,
    );
    expect(runs(promote(moved, plan, { ...due, lastMove: () => NOW - 7 * HOUR }).state)).toBeGreaterThan(9);
    const { state: forced } = promote(moved, plan, { ...lately, override: 'a fix' });
    expect(forced.overrides?.map(({ against }) => against)).toEqual(['harm']);
    expect(runs(forced)).toBe(11);
  });
  test('counts every device where people decide, and where silence is not judged', () => {
    const gates: GateSpec[] = [
      { by: 'human', window: '10m', overdueAfter: '6h' },
      { ...GATE, offline: { treatAs: 'exclude' } },
    ];
    for (const gate of gates) {
      const { state, plan } = canary({ gate, budget: { maxHarmedDevices: 40 } });
      expect(runs(promote(state, plan, due).state)).toBe(4 + 2);
    }
  });
});

test('overrides are kept in the rollout file, one on a line, as long as their release is named', () => {
  const { state, plan } = canary({ freeze: [{ from: 'Fri 16:00', until: 'Mon 06:00', reason: 'weekend' }] });
  const { state: moved } = promote(state, plan, { ...due, override: 'cameras are dark' });
  const text = formatState(moved);
  expect(parseState(text, 'example.rollout.json')).toEqual(moved);
  expect(text.split('\n').filter((line) => line.includes('against'))).toMatchInlineSnapshot(`
    [
      "    { "class": "n100", "wave": "early", "release": "r000000000002", "against": "freeze", "reason": "cameras are dark" }",
    ]
  `);
  const wrong = text.replace('"freeze"', '"gates"');
  expect(() => parseState(wrong, 'example.rollout.json')).toThrowErrorMatchingInlineSnapshot(
    `[UserError: example.rollout.json:12: expected one of gate, freeze, harm, got "gates"]`,
  );
  const back = place(moved, examplePlan({ n100: one }), options).state;
  expect(back.overrides).toBeDefined();
  expect(place(back, examplePlan({ n100: exampleRelease(3) }), options).state.overrides).toBeDefined();
});

describe('laws', () => {
  const objecting: PromoteOptions['gate'] = () => ({
    code: 'GATE_FAILED',
    message: 'the canary fails',
    fix: 'roll back',
  });
  const cases = fc.record({
    sizes: fc.array(fc.nat({ max: 3000 }), { minLength: 29, maxLength: 29 }),
    most: fc.integer({ min: 1, max: 400 }),
    part: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
    gate: fc.constantFrom<GateSpec>(GATE, { by: 'human', window: '10m', overdueAfter: '6h' }),
  });
  const begun = ({ sizes, most, part, gate }: typeof cases extends fc.Arbitrary<infer T> ? T : never) => {
    const sized = { devices: (slice: number) => sizes[slice]! };
    const first = place(undefined, examplePlan({ n100: one }, sized), options).state;
    const budget = {
      maxHarmedDevices: most,
      ...(part === undefined ? {} : { maxDevicesPerPromotion: part }),
    };
    const plan = { ...examplePlan({ n100: two }, sized), gate, budget };
    return { state: place(first, plan, options).state, plan };
  };

  test('nothing moves that the gate speaks against, and with a reason what moves says so', () => {
    fc.assert(
      fc.property(cases, (of) => {
        const { state, plan } = begun(of);
        const judged = plan.slices.slice(0, 4).some((slice) => slice.classes['n100']!.devices > 0);
        fc.pre(judged);
        expect(() => promote(state, plan, { ...due, gate: objecting })).toThrow('the canary fails');
        const { state: moved, moves } = promote(state, plan, { ...due, gate: objecting, override: 'a fix' });
        expect(moves.length).toBeGreaterThan(0);
        expect(moved.overrides?.map(({ against }) => against)).toContain('gate');
      }),
    );
  });

  test('however often it is called, no more may be harmed at a time than the budget has', () => {
    fc.assert(
      fc.property(cases, (of) => {
        const { state: start, plan } = begun(of);
        const share = unseenShare(plan.gate);
        let state = start;
        // Every call within the time in which nothing can be known yet, then some afterwards.
        const movedAt = new Map<string, number>();
        const lastMove = (_name: string, slice: string): number => movedAt.get(slice) ?? 0;
        for (let call = 0; call < 60; call += 1) {
          const nowMs = NOW + call * 2 * HOUR;
          try {
            const next = promote(state, plan, { lastMove, nowMs, early: 'a test' });
            for (const { slices } of next.moves) for (const slice of slices) movedAt.set(slice, nowMs);
            ({ state } = next);
          } catch (error) {
            if (!(error instanceof UserError) || !['NOTHING_TO_PROMOTE', 'HARM'].includes(error.code))
              throw error;
            if (error.code === 'NOTHING_TO_PROMOTE') break;
          }
          const known = nowMs - detectionMs(plan.gate);
          // The wave before has been let pass: only of the one that moves is nothing known.
          const wave = plan.slices.findLast(({ name }) => movedAt.get(name) !== undefined)?.wave;
          const unknown = plan.slices
            .filter(({ name, wave: inWave }) => inWave === wave && (movedAt.get(name) ?? 0) > known)
            .reduce((sum, { classes }) => sum + classes['n100']!.devices, 0);
          expect(unknown * share).toBeLessThanOrEqual(of.most + 1e-9);
        }
      }),
      { numRuns: 60 },
    );
  });
});
