import { UserError } from '../../src/errors.ts';
import type { FileSystem } from '../../src/output/file-system.ts';
import { promoteFleet, retryFleet, rollBackFleet } from '../../src/output/move.ts';
import { compareFleets, writeFleets } from '../../src/output/synth.ts';
import type { Change } from '../../src/output/work.ts';
import { made, release, request } from './example-release.ts';
import type { MemoryDisk } from './memory-file-system.ts';

const HOUR = 3_600_000;
const fleet = { root: '/repository', fleet: 'example' };

/** By class: the number of the release that the definition makes. */
export type Numbers = Readonly<Record<string, number>>;

/** Something that a user runs. */
export type Verb = (fs: FileSystem) => void;

export const synth =
  (numbers: Readonly<Record<string, number>>, renamedFrom: Readonly<Record<string, string>> = {}): Verb =>
  (fs) =>
    void writeFleets(request(fs, made(numbers, { renamedFrom })));

/** Every soak is over. */
export const promote: Verb = (fs) =>
  void promoteFleet({ fs, ...fleet, lastMove: () => 0, nowMs: 1000 * HOUR });

/** Every line has moved just now. */
export const promoteTooEarly: Verb = (fs) =>
  void promoteFleet({ fs, ...fleet, lastMove: () => 1000 * HOUR, nowMs: 1000 * HOUR });

export const rollBack: Verb = (fs) =>
  void rollBackFleet({ fs, ...fleet, reason: 'too many errors', breakwater: '0.1.0' });

export const retry =
  (number: number): Verb =>
  (fs) =>
    void retryFleet({ fs, ...fleet, release: release(number).id, breakwater: '0.1.0' });

/** What `synth --check` finds. */
export const check = (
  disk: MemoryDisk,
  numbers: Readonly<Record<string, number>>,
  renamedFrom: Readonly<Record<string, string>> = {},
): readonly Change[] =>
  compareFleets(request(disk.fileSystem(), made(numbers, { renamedFrom }))).flatMap(({ changes }) => changes);

/** What a user sees of a verb. */
export interface Outcome {
  /** Code of the error; `undefined` where there is none. */
  readonly refused: string | undefined;
  /** Path → content. */
  readonly files: Readonly<Record<string, string>>;
}

/** Run a verb; a refusal is an outcome too. */
export function outcomeOf(disk: MemoryDisk, verb: Verb): Outcome {
  let refused: string | undefined;
  try {
    verb(disk.fileSystem());
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    refused = error.code;
  }
  return { refused, files: disk.snapshot() };
}

/** A disk after some verbs. */
export function after(disk: MemoryDisk, ...verbs: readonly Verb[]): MemoryDisk {
  const copy = disk.copy();
  for (const verb of verbs) verb(copy.fileSystem());
  copy.calls.length = 0;
  return copy;
}
