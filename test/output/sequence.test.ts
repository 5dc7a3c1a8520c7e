import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { openFleet, planOf, stateOf } from '../../src/output/open.ts';
import { namedReleases } from '../../src/plan/named-releases.ts';
import { releaseId } from '../../src/synth/release-id.ts';
import { made } from './example-release.ts';
import { Killed, MemoryDisk } from './memory-file-system.ts';
import { check, promote, promoteTooEarly, retry, rollBack, synth, type Numbers, type Verb } from './verbs.ts';

/** Something that a user does, and the call at which it is killed, if at all. */
interface Step {
  readonly verb: 'synth' | 'promote' | 'promote too early' | 'rollback' | 'retry';
  /** What the definition makes from here on. */
  readonly numbers: Numbers;
  readonly killBefore: number | undefined;
}

const verbOf = ({ verb, numbers }: Step): Verb =>
  ({
    synth: synth(numbers),
    promote,
    'promote too early': promoteTooEarly,
    rollback: rollBack,
    retry: retry(numbers['n100']!),
  })[verb];

const numbers = fc.record({ n100: fc.integer({ min: 1, max: 4 }) }).chain(({ n100 }) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant<Numbers>({ n100 }) },
    fc.integer({ min: 1, max: 2 }).map((orin): Numbers => ({ n100, orin })),
  ),
);

const steps = fc.array(
  fc.record({
    verb: fc.constantFrom<Step['verb'][]>(
      'synth',
      'synth',
      'promote',
      'promote too early',
      'rollback',
      'retry',
    ),
    numbers,
    killBefore: fc.option(fc.integer({ min: 0, max: 250 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 12 },
);

/** Whether it ran to its end. */
function run(disk: MemoryDisk, step: Step): boolean {
  disk.calls.length = 0;
  const faults = step.killBefore === undefined ? {} : { killBefore: step.killBefore };
  try {
    verbOf(step)(disk.fileSystem(faults));
    return true;
  } catch (error) {
    if (!(error instanceof Killed || error instanceof UserError)) throw error;
    return error instanceof UserError;
  }
}

test('whatever people do, and wherever it is killed: what is named is stored whole, and check is clean after a verb', () => {
  fc.assert(
    fc.property(numbers, steps, (start, steps) => {
      const disk = new MemoryDisk();
      synth(start)(disk.fileSystem());
      let definition = start;
      for (const step of steps) {
        const ended = run(disk, step);
        if (step.verb === 'synth') definition = step.numbers;
        const opened = openFleet(disk.fileSystem(), '/repository', 'example');
        const plan = planOf(opened);
        for (const [className, ids] of namedReleases(stateOf(opened, plan), plan.wanted)) {
          for (const id of ids) expect(releaseId(opened.store.get(className, id).files)).toBe(id);
        }
        // A synth that was killed before its commit point has not taken up the new definition.
        const isTakenUp = ended && JSON.stringify(plan.wanted) === JSON.stringify(wantedOf(definition));
        expect(isTakenUp ? check(disk, definition) : []).toEqual([]);
      }
    }),
    { numRuns: 50, seed: 20_261_125 },
  );
});

const wantedOf = (definition: Numbers): object =>
  Object.fromEntries(
    Object.entries(made(definition).releases).map(([name, { id, versions }]) => [
      name,
      { release: id, versions },
    ]),
  );
