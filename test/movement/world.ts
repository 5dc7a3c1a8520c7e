import * as fc from 'fast-check';
import { UserError } from '../../src/errors.ts';
import { namedReleases } from '../../src/plan/named-releases.ts';
import { place } from '../../src/plan/place.ts';
import { promote } from '../../src/plan/promote.ts';
import { retry } from '../../src/plan/retry.ts';
import { rollBack } from '../../src/plan/roll-back.ts';
import { SLICES } from '../../src/plan/slices.ts';
import type { Movement } from '../../src/plan/movement.ts';
import type { PlanFile, ReleaseId, Version, WantedRelease } from '../../src/plan/plan.ts';
import type { RolloutState } from '../../src/plan/state.ts';
import { examplePlan } from '../example-plan.ts';

/** What an engineer wrote for a class: the contents of two workloads and of the frame. */
export interface Content {
  readonly one: number;
  readonly two: number;
  readonly frame: number;
}

/** What somebody does. Numbers stand for choices among what there is. */
export type Step =
  | { readonly do: 'edit'; readonly class: number; readonly content: Content }
  | { readonly do: 'synth' }
  | { readonly do: 'promote'; readonly class: number | undefined; readonly wave: number | undefined }
  | { readonly do: 'rollback'; readonly class: number | undefined }
  | { readonly do: 'retry'; readonly release: number }
  | { readonly do: 'waves'; readonly cuts: readonly number[] }
  | { readonly do: 'budget'; readonly devices: number | undefined }
  | { readonly do: 'inventory'; readonly seed: number }
  | { readonly do: 'rename'; readonly class: number }
  | { readonly do: 'remove'; readonly class: number }
  | { readonly do: 'add'; readonly content: Content }
  | { readonly do: 'upgrade'; readonly version: number };

const choice = fc.nat({ max: 7 });
// Few, so that definitions often come back to what was settled or rejected.
const content = fc.record({ one: fc.nat({ max: 1 }), two: fc.nat({ max: 1 }), frame: fc.nat({ max: 1 }) });
const optional = fc.option(choice, { nil: undefined, freq: 2 });
const cuts = fc.subarray(SLICES.map(({ to }) => to / 100).slice(0, -1), { maxLength: 4 });

/** Sequences with a `synth` after most edits, as people work, and without one after others. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('edit' as const), class: choice, content }) },
    { weight: 12, arbitrary: fc.record({ do: fc.constant('synth' as const) }) },
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant('promote' as const), class: optional, wave: optional }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('rollback' as const), class: optional }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('retry' as const), release: choice }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('waves' as const), cuts }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('budget' as const),
        devices: fc.option(fc.integer({ min: 1, max: 3000 }), { nil: undefined }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('inventory' as const), seed: choice }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('rename' as const), class: choice }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), class: choice }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('add' as const), content }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('upgrade' as const), version: choice }) },
  ),
  { minLength: 1, maxLength: 40, size: 'max' },
);

/** The last two write the same manifests, the first others. */
const VERSIONS = ['0.1.0', '0.2.0', '0.2.1'] as const;

interface Definition {
  readonly content: Content;
  readonly renamedFrom?: string;
}

/** Everything there is: the definition, what is committed, what is stored. */
export interface World {
  readonly definition: ReadonlyMap<string, Definition>;
  readonly cuts: readonly number[];
  readonly budget: number | undefined;
  readonly inventory: number;
  readonly breakwater: string;
  /** How many classes there have been: names are never used twice, except by renaming. */
  readonly named: number;
  readonly plan: PlanFile;
  readonly state: RolloutState;
  /** By class: the stored releases and their workload versions. */
  readonly stored: ReadonlyMap<string, ReadonlyMap<ReleaseId, WantedRelease['versions']>>;
  /** By class: releases that ran on every slice at some time. */
  readonly ranEverywhere: ReadonlyMap<string, ReadonlySet<ReleaseId>>;
}

/** What one step did. `movement` is absent for steps that move nothing, and where a verb refused. */
export interface Done {
  readonly step: Step;
  readonly before: World;
  readonly after: World;
  readonly movement?: Movement;
}

const hex = (digits: string): string => digits.padStart(12, '0');

function build({ one, two, frame }: Content, breakwater: string): WantedRelease {
  const writes = breakwater === VERSIONS[0] ? 0 : 1;
  return {
    release: `r${hex(`${writes}${one}${two}${frame}`)}`,
    versions: { one: `v${hex(`${writes}a${one}`)}`, two: `v${hex(`${writes}b${two}`)}` },
  };
}

/** The plan that the definition makes now. */
export function planOf(
  world: Pick<World, 'definition' | 'cuts' | 'budget' | 'inventory' | 'breakwater'>,
): PlanFile {
  const { definition, cuts: percents, budget, inventory, breakwater } = world;
  const wanted = [...definition].map(([name, { content: of }]) => [name, build(of, breakwater)] as const);
  const renamed = [...definition].flatMap(([name, { renamedFrom }]) =>
    renamedFrom === undefined ? [] : [[name, renamedFrom] as const],
  );
  return examplePlan(Object.fromEntries(wanted), {
    waves: [...percents, 100].map((percent, index) => ({ name: `w${index}`, percent })),
    ...(budget === undefined ? {} : { maxDevicesPerPromotion: budget }),
    renamedFrom: Object.fromEntries(renamed),
    // Some slices are empty, some are larger than most budgets.
    devices: (slice) =>
      ((slice + 1) * (inventory + 3) * 37) % 11 === 0 ? 0 : ((slice + inventory) ** 3 * 7) % 1500,
  });
}

/** What `synth` would do to the state that is committed. */
export const synthOf = (world: World, plan: PlanFile, state: RolloutState = world.state): Movement =>
  place(state, plan, {
    breakwater: world.breakwater,
    hasPointers: (name) => world.stored.has(name),
  });

export const versionsOf =
  (world: World) =>
  (name: string, release: ReleaseId): Readonly<Record<string, Version>> => {
    const versions = world.stored.get(name)?.get(release);
    if (versions === undefined) throw new Error(`release ${release} of ${name} is not stored`);
    return versions;
  };

export const rollBackAll = (world: World, name?: string): Movement =>
  rollBack(world.state, world.plan, {
    ...(name === undefined ? {} : { class: name }),
    reason: 'errors',
    breakwater: world.breakwater,
    versionsOf: versionsOf(world),
  });

/** No soak: it never depends on what moved before, and has tests of its own. */
export const NO_SOAK = { lastMove: () => 0, nowMs: Number.MAX_SAFE_INTEGER } as const;

export function newWorld(): World {
  const definition = new Map([
    ['a', { content: { one: 0, two: 0, frame: 0 } }],
    ['b', { content: { one: 0, two: 0, frame: 0 } }],
  ]);
  const empty = {
    definition,
    cuts: [1, 10],
    budget: undefined,
    inventory: 0,
    breakwater: VERSIONS[0],
    named: 2,
  };
  const plan = planOf(empty);
  const state = place(undefined, plan, { breakwater: VERSIONS[0], hasPointers: () => false }).state;
  const world = { ...empty, plan, state, stored: new Map(), ranEverywhere: new Map() };
  return keep({ ...world, stored: storedWith(world, plan) });
}

const storedWith = (world: Pick<World, 'stored'>, plan: PlanFile): World['stored'] =>
  new Map(
    Object.entries(plan.wanted).map(([name, { release, versions }]) => [
      name,
      new Map([
        ...(world.stored.get(name) ?? world.stored.get(plan.classes[name]!.renamedFrom ?? '') ?? []),
        [release, versions],
      ]),
    ]),
  );

/** Remove releases that nothing names, and remember what ran everywhere. */
function keep(world: World): World {
  const named = namedReleases(world.state, world.plan.wanted);
  const stored = new Map(
    [...world.stored].map(([name, releases]) => [
      name,
      new Map([...releases].filter(([release]) => named.get(name)?.has(release) === true)),
    ]),
  );
  const ranEverywhere = new Map(
    Object.entries(world.state.classes).map(([name, { pointers }]) => {
      const heir = world.plan.classes[name]?.renamedFrom ?? '';
      const runs = new Set(Object.values(pointers).map((pointer) => pointer.runs));
      const past = world.ranEverywhere.get(name) ?? world.ranEverywhere.get(heir) ?? [];
      return [name, new Set([...past, ...(runs.size === 1 ? runs : [])])];
    }),
  );
  return { ...world, stored, ranEverywhere };
}

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

/** Take a step. A verb that refuses leaves the world as it is. */
export function take(world: World, step: Step): Done {
  try {
    return takeOrThrow(world, step);
  } catch (error) {
    if (error instanceof UserError) return { step, before: world, after: world };
    throw error;
  }
}

function takeOrThrow(before: World, step: Step): Done {
  const moved = (movement: Movement, changes: Partial<World> = {}): Done => ({
    step,
    before,
    movement,
    after: keep({ ...before, ...changes, state: movement.state }),
  });
  const changed = (changes: Partial<World>): Done => ({ step, before, after: { ...before, ...changes } });
  const defined = [...before.definition.keys()];
  const running = Object.keys(before.state.classes);
  switch (step.do) {
    case 'synth': {
      const plan = planOf(before);
      return moved(synthOf(before, plan), { plan, stored: storedWith(before, plan) });
    }
    case 'promote': {
      const name = step.class === undefined ? undefined : pick(running, step.class);
      const wave = step.wave === undefined ? undefined : pick(before.plan.waves, step.wave)?.name;
      return moved(
        promote(before.state, before.plan, {
          ...NO_SOAK,
          ...(name === undefined ? {} : { class: name }),
          ...(wave === undefined ? {} : { wave }),
        }),
      );
    }
    case 'rollback':
      return moved(rollBackAll(before, step.class === undefined ? undefined : pick(running, step.class)));
    case 'retry': {
      const rejected = Object.values(before.state.classes).flatMap((of) => of.rejected);
      return moved(
        retry(before.state, before.plan, pick(rejected, step.release)?.release ?? 'r', before.breakwater),
      );
    }
    case 'edit': {
      const name = pick(defined, step.class);
      if (name === undefined) return changed({});
      const definition = new Map(before.definition);
      definition.set(name, { ...before.definition.get(name), content: step.content });
      return changed({ definition });
    }
    case 'rename': {
      const from = pick(defined, step.class);
      // A class that no `synth` has seen yet has no pointers to carry over.
      if (from === undefined || before.state.classes[from] === undefined) return changed({});
      const definition = new Map(before.definition);
      definition.delete(from);
      const { content: of } = before.definition.get(from)!;
      definition.set(`${'abc'[before.named % 3]}${before.named}`, { content: of, renamedFrom: from });
      return changed({ definition, named: before.named + 1 });
    }
    case 'remove': {
      const definition = new Map(before.definition);
      if (definition.size > 1) definition.delete(pick(defined, step.class)!);
      return changed({ definition });
    }
    case 'add': {
      const definition = new Map(before.definition);
      if (definition.size < 4)
        definition.set(`${'abc'[before.named % 3]}${before.named}`, { content: step.content });
      return changed({ definition, named: before.named + 1 });
    }
    case 'waves':
      return changed({ cuts: step.cuts });
    case 'budget':
      return changed({ budget: step.devices });
    case 'inventory':
      return changed({ inventory: step.seed });
    case 'upgrade':
      return changed({ breakwater: pick(VERSIONS, step.version)! });
  }
  throw new Error('every step has a case');
}
