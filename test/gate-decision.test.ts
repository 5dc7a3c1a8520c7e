import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../src/errors.ts';
import type { StatisticalGate } from '../src/fleet/spec.ts';
import { decide } from '../src/gate/decide.ts';
import type { Evidence, EvidenceRow } from '../src/gate/evidence.ts';
import { questionsOf } from '../src/gate/question.ts';
import type { Plan } from '../src/plan/plan.ts';
import type { Decision } from '../src/gate/verdict.ts';
import { examplePlan } from './example-plan.ts';

const NOW = Date.parse('2026-01-02T00:00:00Z');
const OLD = { inference: 'v000000000001', sensor: 'v000000000001' };
const NEW = { inference: 'v000000000002', sensor: 'v000000000002' };
const GATE: StatisticalGate = {
  baseline: 0.005,
  detect: 0.01,
  alpha: 0.01,
  beta: 0.01,
  ceiling: 0.05,
  window: '10m',
  overdueAfter: '6h',
};

/** What one arm does: shares of its devices and of its requests. */
interface Arm {
  readonly bad: number;
  readonly overdue: number;
  readonly silent: number;
}
const HEALTHY: Arm = { bad: 0.004, overdue: 0.008, silent: 0.01 };

interface Case {
  readonly treatment?: Partial<Arm>;
  readonly control?: Partial<Arm>;
  /** Devices of the smallest slice; the canary has ten times as many. */
  readonly scale?: number;
  readonly gate?: Partial<StatisticalGate>;
  readonly classes?: readonly string[];
  readonly change?: (rows: EvidenceRow[]) => EvidenceRow[];
  readonly nowMs?: number;
  readonly wave?: string;
  readonly plan?: Partial<Plan>;
  /** Whether there is a second workload. */
  readonly sensor?: boolean;
  readonly moved?: 'canary' | 'all';
}

function judge(of: Case = {}): Decision {
  const { scale = 1000, classes = ['n100'], change = (rows) => rows, wave = 'canary', moved = 'canary' } = of;
  const releases = classes.map((name) => [name, { release: 'r000000000002', versions: NEW }] as const);
  const base = examplePlan(Object.fromEntries(releases), {
    devices: (index) => (index < 4 ? scale : 10 * scale),
  });
  const plan = { ...base, gate: { ...GATE, ...of.gate }, ...of.plan };
  const first = plan.waves[0]!.slices;
  const runsNew = (slice: string): boolean => moved === 'all' || first.includes(slice);
  const pointers = Object.fromEntries(
    plan.slices.map(({ name }) => [
      name,
      { runs: runsNew(name) ? 'r000000000002' : 'r000000000001', before: null },
    ]),
  );
  const state = {
    fleet: 'example',
    early: [],
    classes: Object.fromEntries(
      classes.map((name) => [name, { settled: 'r000000000001', rejected: [], pointers }]),
    ),
  };
  const questions = questionsOf(state, plan, wave, (_name, release) => {
    const { inference, sensor } = release === 'r000000000001' ? OLD : NEW;
    return of.sensor === true ? { inference, sensor } : { inference };
  });
  const rows = classes.flatMap((name) =>
    plan.slices.map((slice): EvidenceRow => {
      const isNew = runsNew(slice.name);
      const { bad, overdue, silent } = { ...HEALTHY, ...(isNew ? of.treatment : of.control) };
      const assigned = slice.classes[name]!.devices;
      const late = Math.round(assigned * overdue);
      const reported = Math.max(0, assigned - late - Math.round(assigned * silent));
      return {
        class: name,
        slice: slice.name,
        workload: 'inference',
        version: (isNew ? NEW : OLD).inference,
        from: '2026-01-01T00:00:00Z',
        to: '2026-01-02T00:00:00Z',
        assigned,
        reported,
        overdue: late,
        ok: reported * 1000 * (1 - bad),
        bad: reported * 1000 * bad,
      };
    }),
  );
  const evidence: Evidence = { schemaVersion: 1, fleet: 'example', rows: change(rows) };
  return decide({ plan, wave, questions, evidence, nowMs: of.nowMs ?? NOW });
}

test('a healthy release passes, and says by which numbers', () => {
  const { verdict, reason, alphaOfEach, classes } = judge();
  expect(verdict).toBe('PASS');
  expect(alphaOfEach).toBeCloseTo(0.01 / 3, 12);
  expect(reason).toMatchInlineSnapshot(
    `"class n100: inference errors: 0.4 % of requests failed, 0.4 % in the control: log odds of a bad release -13.68, at -5.29 it may go on"`,
  );
  expect(classes[0]!.tests.map(({ metric, reason: why }) => `${metric}: ${why}`)).toMatchInlineSnapshot(`
    [
      "errors: 0.4 % of requests failed, 0.4 % in the control: log odds of a bad release -13.68, at -5.29 it may go on",
      "overdue: 0.8 % of devices are overdue, 0.8 % in the control: log odds of a bad release -96.68, at -5.29 it may go on",
      "ceiling: 0.4 % of requests failed, not above the ceiling of 5 %",
    ]
  `);
});

test('three times the failures of the control fail, below the ceiling and before it is reached', () => {
  expect(judge({ treatment: { bad: 0.015 } })).toMatchObject({ verdict: 'FAIL' });
  expect(judge({ treatment: { bad: 0.015 } }).reason).toMatchInlineSnapshot(
    `"class n100: inference errors: 1.5 % of requests failed, 0.4 % in the control: log odds of a bad release 32.45, at 5.70 it is rolled back"`,
  );
});

test('a release that silences devices fails although none of them sends a failed request', () => {
  expect(judge({ treatment: { overdue: 0.1 } }).reason).toMatchInlineSnapshot(
    `"class n100: inference overdue: 10 % of devices are overdue, 0.8 % in the control: log odds of a bad release 534.80, at 5.70 it is rolled back"`,
  );
});

test('failures that rise in both arms alike are no fault of the release', () => {
  expect(judge({ treatment: { bad: 0.015 }, control: { bad: 0.015 } }).verdict).toBe('PASS');
});

test('above the ceiling it fails even where the control is as bad', () => {
  expect(judge({ treatment: { bad: 0.09 }, control: { bad: 0.09 } }).reason).toMatchInlineSnapshot(
    `"class n100: inference ceiling: 9 % of requests failed, surely above the ceiling of 5 %"`,
  );
});

test('too few devices decide nothing, unless nearly all fail', () => {
  expect(judge({ scale: 5 }).reason).toMatchInlineSnapshot(
    `"class n100: inference errors: 0.4 % of requests failed, 0.4 % in the control: log odds of a bad release -0.07, -0.11 by the baseline: between -5.29 and 5.70 nothing is decided"`,
  );
  expect(judge({ scale: 5, treatment: { bad: 0.6 } }).verdict).toBe('FAIL');
});

test('a fleet without any failure passes by the baseline, once there is enough of it', () => {
  const none = { bad: 0, overdue: 0 };
  expect(judge({ treatment: none, control: none }).verdict).toBe('PASS');
  expect(judge({ treatment: none, control: none, scale: 5 }).verdict).toBe('INSUFFICIENT');
});

test('a fault in one class fails the wave, and the other class says its own', () => {
  const { verdict, classes, alphaOfEach } = judge({
    classes: ['n100', 'orin'],
    scale: 2000,
    change: (rows) =>
      rows.map((row) =>
        row.class === 'orin' && row.version === NEW.inference ? { ...row, bad: row.reported * 40 } : row,
      ),
  });
  expect(verdict).toBe('FAIL');
  expect(classes.map((of) => of.verdict)).toEqual(['PASS', 'FAIL']);
  expect(alphaOfEach).toBeCloseTo(0.01 / 8, 12);
});

test('classes that are each too small to tell fail together, and workloads of the same devices are not added up', () => {
  const small = { scale: 60, treatment: { bad: 0.025 } } as const;
  const alone = judge(small);
  expect(alone.verdict).toBe('INSUFFICIENT');
  const twice = judge({
    ...small,
    sensor: true,
    classes: ['n100', 'orin'],
    change: (rows) => [...rows, ...rows.map((row) => Object.assign({}, row, { workload: 'sensor' }))],
  });
  const [errors] = twice.together;
  expect(twice.together.map(({ workload, metric }) => `${workload} ${metric}`)).toEqual([
    'inference errors',
    'inference overdue',
    'sensor errors',
    'sensor overdue',
  ]);
  expect(errors!.logOdds).toBeCloseTo(2 * alone.classes[0]!.tests[0]!.logOdds, 9);
  expect(judge({ ...small, classes: ['n100', 'orin'] }).reason).toMatchInlineSnapshot(
    `"inference errors of all classes together: log odds of a bad release 8.92, at 6.67 it is rolled back"`,
  );
});

describe('trouble that is no failed request', () => {
  const withTrouble =
    (inTreatment: number | undefined) =>
    (rows: EvidenceRow[]): EvidenceRow[] =>
      rows.map((row) => {
        const restarted = row.version === NEW.inference ? inTreatment : Math.round(row.reported * 0.01);
        return restarted === undefined ? row : { ...row, trouble: { restarted } };
      });
  test('fails where it falls on the new release', () => {
    expect(judge({ change: withTrouble(60) }).reason).toMatchInlineSnapshot(
      `"class n100: inference restarted: 240 of 4000 devices, 2450 of 250000 in the control: log odds 180.25, at 5.98 it is rolled back"`,
    );
  });
  test('that the plan names and no evidence tells of is insufficient', () => {
    const restarted = { series: 'requests_total' };
    const metrics = { inference: { errors: 'e', requests: 'r', trouble: { restarted } } };
    expect(judge({ plan: { metrics } }).reason).toMatchInlineSnapshot(
      `"class n100: inference restarted: not observed in every slice of both arms"`,
    );
    expect(judge({ plan: { metrics }, change: withTrouble(10) }).verdict).toBe('PASS');
  });
  test('is nothing where it falls on both alike, and insufficient where it was watched in one arm alone', () => {
    expect(judge({ change: withTrouble(10) }).verdict).toBe('PASS');
    expect(judge({ change: withTrouble(undefined) }).verdict).toBe('INSUFFICIENT');
  });
});

const lacking: readonly (readonly [string, Case])[] = [
  ['no rows at all', { change: () => [] }],
  ['a slice of the wave missing', { change: (rows) => rows.filter(({ slice }) => slice !== 'p000.02') }],
  ['a slice of the control missing', { change: (rows) => rows.filter(({ slice }) => slice !== 'p050.00') }],
  ['the control missing', { change: (rows) => rows.filter(({ version }) => version === NEW.inference) }],
  [
    'a series of the older version in the wave',
    { change: (rows) => rows.map((row) => ({ ...row, version: OLD.inference })) },
  ],
  ['devices that are neither heard nor overdue', { treatment: { silent: 0.2 } }],
  ['a control of which a tenth is silent', { control: { overdue: 0.1 } }],
  ['a control that nobody hears', { control: { overdue: 1 }, treatment: { overdue: 0.3 } }],
  [
    'fewer devices than plan.json has',
    { change: (rows) => rows.map((row) => ({ ...row, assigned: row.assigned - 1 })) },
  ],
  [
    'more answers than devices',
    { change: (rows) => rows.map((row) => ({ ...row, reported: row.assigned + 1 })) },
  ],
  [
    'requests of nobody',
    { change: (rows) => rows.map((row) => (row.slice === 'p000.01' ? { ...row, reported: 0 } : row)) },
  ],
  ['evidence of the day before', { nowMs: NOW + 86_400_000 }],
  ['evidence from the future', { nowMs: NOW - 3_600_000 }],
  [
    'a shorter time than a silent device is given',
    { change: (rows) => rows.map((row) => ({ ...row, from: '2026-01-01T20:00:00Z' })) },
  ],
  [
    'a time that does not exist',
    { change: (rows) => rows.map((row) => ({ ...row, from: '2026-13-01T20:00:00Z' })) },
  ],
  [
    'arms watched one after the other',
    {
      change: (rows) =>
        rows.map((row) => (row.version === NEW.inference ? row : { ...row, to: '2026-01-01T01:00:00Z' })),
    },
  ],
  ['nobody left on the settled release', { moved: 'all', wave: 'rest' }],
];
test.each(lacking)('%s is insufficient', (_what, of) => {
  expect(judge(of).verdict).toBe('INSUFFICIENT');
});
test('where offline devices are excluded, a control may be silent', () => {
  const gate = { offline: { treatAs: 'exclude' } } as const;
  expect(judge({ gate, control: { overdue: 0.1 } }).verdict).toBe('PASS');
});
test('what is missing is said with its numbers', () => {
  expect(lacking.map(([, of]) => judge(of).reason)).toMatchInlineSnapshot(`
    [
      "class n100: inference: nothing was observed of slice p000.01, which has 1000 devices",
      "class n100: inference: nothing was observed of slice p000.02, which has 1000 devices",
      "class n100: inference: nothing was observed of slice p050.00 of the control, which has 10000 devices",
      "class n100: inference: nothing was observed of slice p000.20 of the control, which has 10000 devices",
      "class n100: inference: 3968 of 4000 devices neither run the release nor are overdue, more than 5 %",
      "class n100: inference: 800 of 4000 devices neither run the release nor are overdue, more than 5 %",
      "class n100: inference: 27500 of 250000 devices of the control do not answer with the settled release, more than 5 %",
      "class n100: inference: 250000 of 250000 devices of the control do not answer with the settled release, more than 5 %",
      "class n100: inference: slice p000.01 has 1000 devices in plan.json, 999 in the evidence",
      "class n100: inference: slice p000.01 has 1000 devices, and 1009 answered or are overdue",
      "class n100: inference: slice p000.01 counts requests of a version that no device reported",
      "class n100: inference: it ends at 2026-01-02T00:00:00.000Z, more than 6h ago",
      "class n100: inference: it ends at 2026-01-02T00:00:00.000Z, in the future: a clock is wrong",
      "class n100: inference: both arms were watched together for less than 6h",
      "class n100: inference: both arms were watched together for less than 6h",
      "class n100: inference: both arms were watched together for less than 6h",
      "class n100: no slice runs the settled release any more: there is nothing to compare with",
    ]
  `);
});

test.each([
  ['a row twice', (rows: EvidenceRow[]) => [...rows, rows[0]!]],
  ['an unknown class', (rows: EvidenceRow[]) => [{ ...rows[0]!, class: 'x' }]],
  ['an unknown slice', (rows: EvidenceRow[]) => [{ ...rows[0]!, slice: 'p000.03' }]],
  ['an unknown workload', (rows: EvidenceRow[]) => [{ ...rows[0]!, workload: 'x' }]],
])('%s is an error', (_what, change) => {
  expect(() => judge({ change })).toThrow(UserError);
});

test('an unknown wave, and a wave that runs the settled release, are errors', () => {
  expect(() => judge({ wave: 'x' })).toThrow(/no wave "x"/);
  expect(() => judge({ wave: 'early' })).toThrow(/runs the settled release in every class/);
});

describe('laws', () => {
  /** In thousandths, so that a thousand times as many devices are whole ones of the same kind. */
  const share = (most: number) => fc.nat(most * 1000).map((thousandths) => thousandths / 1000);
  const cases = fc.record({
    treatment: fc.record({
      bad: share(0.1),
      overdue: share(0.1),
      silent: share(0.08),
    }),
    control: fc.record({
      bad: share(0.05),
      overdue: share(0.05),
    }),
    scale: fc.constantFrom(10, 50, 200, 1000, 5000),
    gate: fc.record({
      correlation: fc.record({ device: fc.constantFrom(0, 0.05, 1), cluster: fc.constantFrom(0, 0.1) }),
    }),
  });
  const inTreatment =
    (edit: (row: EvidenceRow) => EvidenceRow) =>
    (rows: EvidenceRow[]): EvidenceRow[] =>
      rows.map((row) => (row.version === NEW.inference ? edit(row) : row));

  test('more failures, or more silence, never turn FAIL into PASS', () => {
    fc.assert(
      fc.property(
        cases,
        fc.nat(5000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (of, failures, silenced) => {
          fc.pre(judge(of).verdict === 'FAIL');
          const worse = inTreatment((row) => {
            const lost = Math.floor(row.reported * silenced * 0.5);
            return {
              ...row,
              bad: row.bad + failures,
              reported: row.reported - lost,
              overdue: row.overdue + lost,
            };
          });
          expect(judge({ ...of, change: worse }).verdict).not.toBe('PASS');
        },
      ),
    );
  });

  test('more answers never turn PASS into FAIL', () => {
    fc.assert(
      fc.property(
        cases,
        fc.nat(500_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (of, answers, heard) => {
          fc.pre(judge(of).verdict === 'PASS');
          const better = inTreatment((row) => {
            const more = Math.floor((row.assigned - row.reported - row.overdue) * heard);
            return { ...row, ok: row.ok + answers, reported: row.reported + more };
          });
          expect(judge({ ...of, change: better }).verdict).not.toBe('FAIL');
        },
      ),
    );
  });

  test('what was decided stays decided with twice as many devices of the same kind', () => {
    fc.assert(
      fc.property(cases, (of) => {
        const { verdict } = judge({ ...of, scale: of.scale * 1000 });
        fc.pre(verdict !== 'INSUFFICIENT');
        expect(judge({ ...of, scale: of.scale * 2000 }).verdict).toBe(verdict);
      }),
    );
  });

  test('a slice that is missing never passes', () => {
    fc.assert(
      fc.property(cases, fc.nat(28), (of, index) => {
        const rest = (rows: EvidenceRow[]): EvidenceRow[] => rows.filter((_row, at) => at !== index);
        expect(judge({ ...of, change: rest }).verdict).not.toBe('PASS');
      }),
    );
  });
});
