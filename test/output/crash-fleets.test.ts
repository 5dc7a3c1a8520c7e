import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { FileSystem } from '../../src/output/file-system.ts';
import { promoteFleet } from '../../src/output/move.ts';
import { pruneFleet } from '../../src/output/prune.ts';
import { compareFleets, writeFleets } from '../../src/output/synth.ts';
import { made, request } from './example-release.ts';
import { Killed, MemoryDisk } from './memory-file-system.ts';
import { after, type Verb } from './verbs.ts';

const NAMES = ['alpha', 'beta'] as const;

const both =
  (number: number): Verb =>
  (fs) =>
    void writeFleets(request(fs, ...NAMES.map((fleet) => made({ n100: number }, { fleet }))));

const empty = new MemoryDisk();
const before = after(empty, both(1));

/** A disk for each call of a verb, as the verb leaves it when it is killed there. */
function killedAtEach(disk: MemoryDisk, verb: Verb): readonly MemoryDisk[] {
  const whole = disk.copy();
  verb(whole.fileSystem());
  return whole.calls.map((_, index) => {
    const copy = disk.copy();
    try {
      verb(copy.fileSystem({ killBefore: index }));
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    return copy;
  });
}

/** The files of one fleet. */
const filesOf = (disk: MemoryDisk, fleet: string): object =>
  Object.fromEntries(
    Object.entries(disk.snapshot()).filter(
      ([path]) => path.includes(`/${fleet}/`) || path.includes(`/${fleet}.rollout.json`),
    ),
  );

/** A promotion that is refused finishes what was begun, and no more. */
function finish(fs: FileSystem, fleet: string): void {
  try {
    promoteFleet({ fs, root: '/repository', fleet, lastMove: () => 0, nowMs: 0 });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

test('a synth of two fleets that is killed leaves each of them old or new', () => {
  const done = after(before, both(2));
  for (const wreck of killedAtEach(before, both(2))) {
    const finished = wreck.copy();
    for (const fleet of NAMES) {
      finish(finished.fileSystem(), fleet);
      expect([filesOf(before, fleet), filesOf(done, fleet)]).toContainEqual(filesOf(finished, fleet));
    }
    both(2)(wreck.fileSystem());
    expect(wreck.snapshot()).toEqual(done.snapshot());
  }
});

test('a pruning that is killed is finished by another, or taken back by the definition', () => {
  const prune: Verb = (fs) => void pruneFleet({ fs, root: '/repository', fleet: 'alpha', defined: ['beta'] });
  const done = after(before, prune);
  expect(filesOf(done, 'alpha')).toEqual({});
  expect(filesOf(done, 'beta')).toEqual(filesOf(before, 'beta'));
  for (const wreck of killedAtEach(before, prune)) {
    const again = wreck.copy();
    // Nothing may be left but the mark of the run that was killed, which the next of any kind removes.
    if (Object.keys(filesOf(wreck, 'alpha')).length > 0) prune(again.fileSystem());
    expect(filesOf(again, 'alpha')).toEqual({});
    both(1)(wreck.fileSystem());
    expect(wreck.snapshot()).toEqual(before.snapshot());
    const fleets = NAMES.map((fleet) => made({ n100: 1 }, { fleet }));
    expect(compareFleets(request(wreck.fileSystem(), ...fleets)).flatMap(({ changes }) => changes)).toEqual(
      [],
    );
  }
});
