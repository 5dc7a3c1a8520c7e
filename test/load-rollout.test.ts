import { expect, test } from 'vitest';
import { UserError } from '../src/errors.ts';
import { loadFleets } from '../src/fleet/load.ts';
import { exampleSpec } from './example-plan.ts';
import { project } from './project.ts';

const HUMAN = { by: 'human', window: '1h', overdueAfter: '12h' };

/** What is said of a definition with these parts of a rollout; nothing where it is one. */
async function problems(rollout: object): Promise<string[]> {
  const spec = exampleSpec();
  const definition = { ...spec, rollout: { ...spec.rollout, ...rollout } };
  const cwd = project({ 'fleets/example.json': JSON.stringify(definition) });
  try {
    await loadFleets(['example'], { cwd });
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split('\n  ').slice(1);
  }
}

test('people may gate a fleet, and then no numbers belong to its gate', async () => {
  expect(await problems({ gate: HUMAN })).toEqual([]);
  expect(await problems({ gate: { ...HUMAN, detect: 0.01 } })).toMatchInlineSnapshot(`
    [
      "/rollout/gate has the unknown property "detect": use window, overdueAfter, offline, latentAfter or by",
    ]
  `);
  expect(await problems({ gate: { by: 'human' } })).toMatchInlineSnapshot(`
    [
      "/rollout/gate lacks "window": look-back over which requests are counted",
    ]
  `);
  expect(await problems({ gate: { ...HUMAN, by: 'humans' } })).toMatchInlineSnapshot(`
    [
      "/rollout/gate lacks "alpha": probability of a rollback without cause",
      "/rollout/gate lacks "baseline": share of requests that fail when all is well",
      "/rollout/gate lacks "beta": probability of missing a rise of \`detect\`",
      "/rollout/gate lacks "detect": rise of that share that the gate must see",
      "/rollout/gate/by is "humans", expected "evidence"",
    ]
  `);
});

test('a freeze has two times of one kind, in order, and a reason', async () => {
  const freeze = (from: string, until: string, reason: string = 'trade') =>
    problems({ freeze: [{ from, until, reason }] });
  expect(await freeze('Fri 16:00', 'Mon 06:00')).toEqual([]);
  expect(await freeze('2026-12-20T18:00Z', '2027-01-02T06:00Z')).toEqual([]);
  expect(await freeze('Fri 16:00', '2027-01-02T06:00Z')).toMatchInlineSnapshot(`
    [
      "/rollout/freeze/0 is from "Fri 16:00" until "2027-01-02T06:00Z", expected two times of one kind: of one day, or of every week",
    ]
  `);
  expect(await freeze('2027-01-02T06:00Z', '2026-12-20T18:00Z')).toMatchInlineSnapshot(`
    [
      "/rollout/freeze/0 is from "2027-01-02T06:00Z" until "2026-12-20T18:00Z", expected an end after the beginning",
    ]
  `);
  expect(await freeze('2027-02-30T06:00Z', '2027-03-01T18:00Z')).toMatchInlineSnapshot(`
    [
      "/rollout/freeze/0/from is "2027-02-30T06:00Z", expected a day of the calendar, such as "2027-03-01T00:00Z"",
    ]
  `);
  expect(await freeze('Friday', 'Mon 24:00')).toMatchInlineSnapshot(`
    [
      "/rollout/freeze/0/from is "Friday", expected when a stretch of time begins or ends, in UTC: a minute of one day, such as \`2026-12-20T18:00Z\`, or of every week, such as \`Fri 16:00\`",
      "/rollout/freeze/0/until is "Mon 24:00", expected when a stretch of time begins or ends, in UTC: a minute of one day, such as \`2026-12-20T18:00Z\`, or of every week, such as \`Fri 16:00\`",
    ]
  `);
  expect(await freeze('Fri 16:00', 'Fri 16:00', '')).toMatchInlineSnapshot(`
    [
      "/rollout/freeze/0/reason is "", expected at least one character",
    ]
  `);
});
