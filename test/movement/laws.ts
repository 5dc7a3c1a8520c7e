import { UserError } from '../../src/errors.ts';
import { runsOf, sizeOf, SLICE_NAMES } from '../../src/plan/movement.ts';
import { promote } from '../../src/plan/promote.ts';
import { rejectionOf } from '../../src/plan/rejection.ts';
import { formatState, parseState } from '../../src/plan/state-file.ts';
import type { PlanFile } from '../../src/plan/plan.ts';
import type { RolloutState } from '../../src/plan/state.ts';
import { NO_SOAK, planOf, rollBackAll, synthOf, take, versionsOf, type Done, type World } from './world.ts';

/** What must hold after every step. Returns what is wrong, or nothing. */
export type Law = (done: Done) => string | undefined;

const promoted =
  (law: (done: Done & { movement: NonNullable<Done['movement']> }) => string | undefined): Law =>
  (done) =>
    done.step.do === 'promote' && done.movement !== undefined
      ? law({ ...done, movement: done.movement })
      : undefined;

const eachClass =
  (law: (of: RolloutState['classes'][string], name: string, world: World) => string | undefined): Law =>
  ({ after }) => {
    for (const [name, of] of Object.entries(after.state.classes)) {
      const wrong = law(of, name, after);
      if (wrong !== undefined) return `class ${name}: ${wrong}`;
    }
    return undefined;
  };

const runsIn = (of: RolloutState['classes'][string]): Set<string> =>
  new Set(SLICE_NAMES.map((slice) => runsOf(of, slice)));

/** What a `synth` with this plan would move or change, told; nothing where it is clean. */
function unclean(world: World, plan: PlanFile, state: RolloutState = world.state): string | undefined {
  const movement = synthOf(world, plan, state);
  if (movement.moves.length > 0) return `synth would move ${JSON.stringify(movement.moves[0])}`;
  return formatState(movement.state) === formatState(state)
    ? undefined
    : 'synth would change the rollout file';
}

export const LAWS: Readonly<Record<string, Law>> = {
  'promote never gives a slice what the slice before it does not run': promoted(({ before, movement }) => {
    for (const { class: name, slices, to } of movement.moves) {
      const first = SLICE_NAMES.indexOf(slices[0]!);
      const source = first === 0 ? undefined : runsOf(before.state.classes[name]!, SLICE_NAMES[first - 1]!);
      const after = movement.state.classes[name]!;
      const whole = slices.every(
        (slice) => runsOf(after, SLICE_NAMES[SLICE_NAMES.indexOf(slice) - 1]!) === to,
      );
      // Between two runs of one promotion stand slices that ran the release already.
      if (source !== to && !whole) return `slice ${slices[0]} got ${to}`;
    }
    return undefined;
  }),

  'promote never gives a rejected release': promoted(({ before, movement }) =>
    movement.moves
      .filter(({ class: name, to }) =>
        before.state.classes[name]!.rejected.some(({ release }) => release === to),
      )
      .map(({ to }) => `${to} is rejected`)
      .at(0),
  ),

  'promote never gives the settled release over another': promoted(({ before, movement }) =>
    movement.moves
      .filter(({ class: name, to }) => before.state.classes[name]!.settled === to)
      .map(({ to }) => `${to} is settled`)
      .at(0),
  ),

  'promote never moves more than the budget, one oversized slice excepted, and said so': promoted(
    ({ before: { plan }, movement }) => {
      const budget = plan.budget.maxDevicesPerPromotion ?? Number.POSITIVE_INFINITY;
      const sizes = movement.moves
        .flatMap(({ class: name, slices }) => slices.map((slice) => sizeOf(plan, slice, name).devices))
        .filter((devices) => devices > 0);
      const total = sizes.reduce((sum, devices) => sum + devices, 0);
      if (total <= budget) return undefined;
      const said = movement.notices.some(({ message }) =>
        message.includes(`more than maxDevicesPerPromotion ${budget}`),
      );
      return sizes.length === 1 && said ? undefined : `${total} devices moved, budget ${budget}`;
    },
  ),

  "repeated promote ends with every slice on the first slice's release": ({ movement, after }) => {
    if (movement === undefined) return undefined;
    let { state } = after;
    for (let calls = 0; calls <= SLICE_NAMES.length * Object.keys(state.classes).length; calls += 1) {
      try {
        ({ state } = promote(state, after.plan, NO_SOAK));
      } catch (error) {
        if (!(error instanceof UserError) || error.code !== 'NOTHING_TO_PROMOTE') throw error;
        const [stuck] =
          Object.entries(state.classes).find(
            ([name, of]) =>
              runsIn(of).size > 1 ||
              runsOf(of, SLICE_NAMES[0]!) !== runsOf(after.state.classes[name]!, SLICE_NAMES[0]!),
          ) ?? [];
        return stuck === undefined ? undefined : `class ${stuck}: ${error.message}`;
      }
    }
    return 'promote never ends';
  },

  'synth right after rollback moves nothing': ({ after, step }) => {
    if (step.do !== 'synth') return undefined;
    try {
      return unclean(after, after.plan, rollBackAll(after).state);
    } catch (error) {
      if (error instanceof UserError && error.code === 'NOTHING_SETTLED') return undefined;
      throw error;
    }
  },

  'synth twice moves nothing': ({ step, after }) =>
    step.do === 'synth' ? unclean(after, planOf(after)) : undefined,

  'a change of waves moves nothing': ({ step, before, after }) =>
    step.do === 'waves' && unclean(before, planOf(before)) === undefined
      ? unclean(after, planOf(after))
      : undefined,

  'a change of the inventory or the budget moves nothing': ({ step, before, after }) =>
    (step.do === 'inventory' || step.do === 'budget') && unclean(before, planOf(before)) === undefined
      ? unclean(after, planOf(after))
      : undefined,

  'the settled release is never a rejected one': eachClass((of, name, world) => {
    if (of.settled === null) return undefined;
    const versions = versionsOf(world)(name, of.settled);
    const rejection = rejectionOf(of, { release: of.settled, versions });
    return rejection === undefined ? undefined : `${of.settled} is rejected by name or content`;
  }),

  'no slice runs a rejected release': eachClass((of, name, world) =>
    [...runsIn(of)].find(
      (release) => rejectionOf(of, { release, versions: versionsOf(world)(name, release) }) !== undefined,
    ),
  ),

  'a bare rollback brings every slice back to the settled release': ({ movement, after }) => {
    if (movement === undefined) return undefined;
    const settled = Object.entries(after.state.classes).filter(([, of]) => of.settled !== null);
    if (settled.length === 0) return undefined;
    const { state } = rollBackAll(after);
    return settled
      .filter(([name, of]) => SLICE_NAMES.some((slice) => runsOf(state.classes[name]!, slice) !== of.settled))
      .map(([name]) => `class ${name} is not back`)
      .at(0);
  },

  'slices that differ always have one to go back to': eachClass((of) =>
    runsIn(of).size > 1 && of.settled === null ? 'nothing is settled' : undefined,
  ),

  'the settled release has run on every slice': eachClass((of, name, { ranEverywhere }) =>
    of.settled !== null && !ranEverywhere.get(name)!.has(of.settled) ? `${of.settled} has not` : undefined,
  ),

  'promote --wave takes from a wave that runs one release throughout': promoted(
    ({ step, before, movement }) => {
      if (step.do !== 'promote' || step.wave === undefined) return undefined;
      const { waves } = before.plan;
      const into = waves.findIndex(({ name }) => name === movement.moves[0]!.wave);
      const source = waves.slice(0, into).findLast(({ slices }) => slices.length > 0);
      return movement.moves
        .filter(({ class: name }) => {
          const runs = source?.slices.map((slice) => runsOf(before.state.classes[name]!, slice));
          return new Set(runs).size > 1;
        })
        .map(({ class: name }) => `class ${name} is mixed in wave ${source?.name}`)
        .at(0);
    },
  ),

  'every release that is named is stored': ({ movement, after: { state, plan, stored } }) => {
    if (movement === undefined) return undefined;
    const named = Object.entries(state.classes).flatMap(([name, { settled, pointers }]) =>
      [settled, ...Object.values(pointers).flatMap(({ runs, before }) => [runs, before])].map((release) => ({
        name,
        release,
      })),
    );
    const wanted = Object.entries(plan.wanted).map(([name, { release }]) => ({ name, release }));
    return [...named, ...wanted]
      .filter(({ name, release }) => release !== null && stored.get(name)?.has(release) !== true)
      .map(({ name, release }) => `class ${name}: ${release} is not stored`)
      .at(0);
  },

  'synth --check is clean right after every verb': ({ step, before, after, movement }) =>
    movement !== undefined && (step.do === 'synth' || unclean(before, before.plan) === undefined)
      ? unclean(after, after.plan)
      : undefined,

  'what moves is told': ({ before, after, movement }) => {
    const told = (movement?.moves ?? []).reduce((sum, { slices }) => sum + slices.length, 0);
    const from = new Map(Object.entries(before.state.classes));
    for (const [name, { renamedFrom }] of Object.entries(after.plan.classes)) {
      const old = renamedFrom === undefined ? undefined : before.state.classes[renamedFrom];
      if (!from.has(name) && old !== undefined) from.set(name, old);
    }
    const moved = Object.entries(after.state.classes).flatMap(([name, of]) =>
      SLICE_NAMES.filter((slice) => from.get(name)?.pointers[slice]?.runs !== runsOf(of, slice)),
    );
    return moved.length === told ? undefined : `${moved.length} slices moved, ${told} were told`;
  },

  'the rollout file reads back as it was written': ({ movement, after: { state } }) => {
    if (movement === undefined) return undefined;
    const text = formatState(state);
    return formatState(parseState(text, 'x')) === text ? undefined : 'it does not';
  },
};

/** Take the steps and return the first breach of these laws. */
export function firstBreach(
  start: World,
  steps: readonly Done['step'][],
  laws: readonly Law[],
): string | undefined {
  let world = start;
  for (const step of steps) {
    const done = take(world, step);
    for (const law of laws) {
      const wrong = law(done);
      if (wrong !== undefined) return wrong;
    }
    world = done.after;
  }
  return undefined;
}
