import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TEMPORARY } from '../../src/output/layout.ts';
import { Killed, MemoryDisk, type Call, type Faults } from './memory-file-system.ts';
import {
  after,
  check,
  outcomeOf,
  promote,
  promoteTooEarly,
  retry,
  rollBack,
  synth,
  type Verb,
  type Outcome,
} from './verbs.ts';

const empty = new MemoryDisk();
const first = after(empty, synth({ n100: 1 }));
const edited = after(first, synth({ n100: 2 }));
const promoted = after(edited, promote);
const rolledBack = after(promoted, rollBack);

interface Scenario {
  readonly before: MemoryDisk;
  readonly verb: Verb;
  /** What the definition makes, by class. */
  readonly definition: Readonly<Record<string, number>>;
  readonly renamedFrom?: Readonly<Record<string, string>>;
  /** Too many calls to try every verb after each: of the many that treat pointers alike, one in seven. */
  readonly long?: true;
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'synth of a new fleet': { before: empty, verb: synth({ n100: 1 }), definition: { n100: 1 } },
  'synth of an edit': { before: first, verb: synth({ n100: 2 }), definition: { n100: 2 } },
  'synth of a second edit, which drops a release': {
    before: promoted,
    verb: synth({ n100: 3 }),
    definition: { n100: 3 },
  },
  'synth of another class': {
    before: first,
    verb: synth({ n100: 1, orin: 5 }),
    definition: { n100: 1, orin: 5 },
    long: true,
  },
  'synth without a class that was there': {
    before: after(first, synth({ n100: 1, orin: 5 })),
    verb: synth({ n100: 1 }),
    definition: { n100: 1 },
    long: true,
  },
  'synth of a class that was renamed': {
    before: promoted,
    verb: synth({ board: 2 }, { board: 'n100' }),
    definition: { board: 2 },
    renamedFrom: { board: 'n100' },
    long: true,
  },
  promote: { before: edited, verb: promote, definition: { n100: 2 } },
  rollback: { before: promoted, verb: rollBack, definition: { n100: 2 } },
  retry: { before: rolledBack, verb: retry(2), definition: { n100: 2 } },
};

describe.each(Object.entries(SCENARIOS))('%s', (_, { before, verb, definition, renamedFrom, long }) => {
  const done = before.copy();
  verb(done.fileSystem());
  const states = [before.snapshot(), done.snapshot()];
  const met = [...done.calls.keys()].filter((index) => !long || isTelling(done.calls[index]!, index));
  const kills = met.flatMap((index): Faults[] => [
    { killBefore: index },
    ...(done.calls[index]![0] === 'write' ? [{ killWithin: index }] : []),
  ]);
  const killed = kills.map((faults) => {
    const disk = before.copy();
    kill(() => verb(disk.fileSystem(faults)));
    return disk;
  });

  test('a kill at any call leaves no file half written and no pointer to nothing', () => {
    for (const disk of killed) {
      const files = disk.snapshot();
      for (const [path, text] of Object.entries(files)) {
        if (path.includes(TEMPORARY)) continue;
        expect(states.map((state) => state[path])).toContain(text);
        for (const resource of pointedAt(path, text)) expect(files).toHaveProperty([resource]);
      }
    }
  });

  const next: Readonly<Record<string, Verb>> = {
    synth: synth(definition, renamedFrom),
    'promote that is refused': promoteTooEarly,
    ...(long ? {} : { promote, rollback: rollBack, retry: retry(2) }),
  };
  test.each(Object.entries(next))(
    'after a kill at any call, %s does what it does from the old state or the new',
    (_, then) => {
      const expected = [before, done].map((disk) => outcomeOf(disk.copy(), then));
      for (const wreck of killed) {
        const disk = wreck.copy();
        const outcome = outcomeOf(disk, then);
        expect(expected.map((one) => differing(one, outcome))).toContainEqual([]);
        // Where there is no plan yet, only synth knows what to do.
        if (outcome.refused === 'PLAN_MISSING') continue;
        expect(disk.emptyFolders().filter((path) => path.includes('/example/'))).toEqual([]);
      }
    },
  );

  test('after a kill at any call, check shows what synth then does', () => {
    for (const wreck of killed) {
      const disk = wreck.copy();
      const shown = check(disk, definition, renamedFrom);
      const was = disk.snapshot();
      synth(definition, renamedFrom)(disk.fileSystem());
      const is = disk.snapshot();
      const changed = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
        (path) =>
          was[path] !== is[path] &&
          (was[path] ?? is[path] ?? null) !== null &&
          !path.includes(`${TEMPORARY}lock`),
      );
      expect(shown.map(({ file }) => `/repository/${file}`)).toEqual(changed.toSorted());
      expect(check(disk, definition, renamedFrom)).toEqual([]);
    }
  });

  test('a full disk at any write is an error, and everything is as it was', () => {
    const writes = done.calls.flatMap(([name], index) =>
      ['write', 'makeFolder'].includes(name) ? [index] : [],
    );
    for (const call of writes) {
      const disk = before.copy();
      expect(() => verb(disk.fileSystem({ refuse: { call, code: 'ENOSPC' } }))).toThrow(
        expect.objectContaining({ code: 'FILE_WRITE' }),
      );
      expect(disk.snapshot()).toEqual(before.snapshot());
    }
  });

  test('a call that is refused leaves the old state or the new to the next run', () => {
    for (const call of met) {
      const disk = before.copy();
      const refused = outcomeOf(disk, () => verb(disk.fileSystem({ refuse: { call, code: 'EACCES' } })));
      expect(refused.refused).toBe('FILE_WRITE');
      synth(definition, renamedFrom)(disk.fileSystem());
      expect(check(disk, definition, renamedFrom)).toEqual([]);
    }
  });
});

const isTelling = ([, path]: Call, index: number): boolean => !path.includes('/slices/') || index % 7 === 0;

function kill(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (error instanceof Killed) return;
    throw error;
  }
  throw new Error('the run was over before it was killed');
}

/** Where two outcomes are not the same. */
function differing(one: Outcome, other: Outcome): readonly string[] {
  const paths = new Set([...Object.keys(one.files), ...Object.keys(other.files)]);
  // Without a plan only synth knows what to do: until then what a killed run left stays, named by nothing.
  const left = one.refused === 'PLAN_MISSING' ? /\.breakwater-tmp-|\/releases\// : /$^/;
  return [
    ...(one.refused === other.refused ? [] : [`${one.refused} ${other.refused}`]),
    ...[...paths].filter((path) => one.files[path] !== other.files[path] && !left.test(path)),
  ];
}

/** Files that a pointer needs: the kustomization of each folder it lists. */
const pointedAt = (path: string, text: string): readonly string[] =>
  path.includes('/slices/')
    ? [...text.matchAll(/^ {2}- (.+)$/gm)].map(([, to]) => posix.join(path, '..', to!, 'kustomization.yaml'))
    : [];
