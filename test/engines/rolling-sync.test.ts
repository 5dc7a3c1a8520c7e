import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  allowedUpdates,
  look,
  stepsOf,
  type RollingSyncStep,
  type SyncedApplication,
  type SyncState,
} from '../../src/gate/engines/rolling-sync.ts';

const step = (values: readonly string[], maxUpdate?: number | string): RollingSyncStep => ({
  matchExpressions: [{ key: 'slice', operator: 'In', values }],
  ...(maxUpdate === undefined ? {} : { maxUpdate }),
});

/** Applications of which Git says something new, driven until nothing changes; those in `off` never get anywhere. */
function drive(
  steps: readonly RollingSyncStep[],
  slices: Readonly<Record<string, string>>,
  off: readonly string[] = [],
): { readonly order: readonly (readonly string[])[]; readonly state: SyncState } {
  const told = new Set<string>();
  const order: string[][] = [];
  let state: SyncState = {};
  for (let round = 0; round < 100; round += 1) {
    const applications = Object.entries(slices).map(([name, slice]): SyncedApplication => ({
      name,
      labels: { slice },
      synced: told.has(name) && !off.includes(name),
      healthy: !off.includes(name),
    }));
    state = look(steps, applications, state);
    const now = Object.keys(state).filter((name) => state[name] === 'Pending' && !told.has(name));
    for (const name of now) told.add(name);
    if (now.length > 0) order.push(now);
  }
  return { order, state };
}

const SLICES = { a: 'p1', b: 'p1', c: 'p2', d: 'p2', e: 'p2', f: 'p3' };

test('a step begins when all of the one before are healthy, as many at once as it allows', () => {
  const { order } = drive([step(['p1']), step(['p2'], 1), step(['p3'])], SLICES);
  expect(order).toEqual([['a', 'b'], ['c'], ['d'], ['e'], ['f']]);
});

test('a cluster that is off holds up every step after its own', () => {
  const { order, state } = drive([step(['p1']), step(['p2']), step(['p3'])], SLICES, ['b']);
  expect(order).toEqual([['a', 'b']]);
  expect(state).toMatchObject({ b: 'Progressing', c: 'Waiting', f: 'Waiting' });
});

test('maxUpdate 0 is a gate that only an edit opens', () => {
  const { order } = drive([step(['p1']), step(['p2', 'p3'], 0)], SLICES);
  expect(order).toEqual([['a', 'b']]);
});

test('an Application that no step selects is never synced', () => {
  const { order, state } = drive([step(['p1']), step(['p3'])], SLICES);
  expect(order.flat()).not.toContain('c');
  expect(state).toMatchObject({ c: 'Waiting', f: 'Healthy' });
});

test('a share is rounded down and is at least one, unless it is 0%', () => {
  expect(
    ['10%', '10%', '0%', '100%', 'x', 0, 5].map((value, index) =>
      allowedUpdates(value, [5, 39, 9, 9, 9, 9, 9][index]!),
    ),
  ).toEqual([1, 3, 0, 9, 1, 0, 5]);
  expect(allowedUpdates(undefined, 7)).toBe(7);
});

test('an operator other than In and NotIn selects nobody who has the label, and everybody who has not', () => {
  const exists: RollingSyncStep = { matchExpressions: [{ key: 'slice', operator: 'Exists', values: [] }] };
  expect([stepsOf([exists], { slice: 'p1' }), stepsOf([exists], {})]).toEqual([[], [0]]);
});

test('disjoint steps that cover everything update every healthy Application exactly once, in order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('p1', 'p2', 'p3'), { minLength: 1, maxLength: 12 }),
      fc.array(fc.constantFrom(undefined, 1, 2, '10%', '50%'), { minLength: 3, maxLength: 3 }),
      (slices, limits) => {
        const named = Object.fromEntries(slices.map((slice, index) => [`app-${index}`, slice]));
        const { order } = drive(
          ['p1', 'p2', 'p3'].map((slice, index) => step([slice], limits[index])),
          named,
        );
        const all = order.flat();
        expect(new Set(all)).toEqual(new Set(Object.keys(named)));
        expect(all).toHaveLength(slices.length);
        const steps = all.map((name) => Number(named[name]!.slice(1)));
        expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      },
    ),
  );
});
