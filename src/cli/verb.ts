import type { Command } from 'commander';
import type { ExitStatus, Io } from './io.ts';

/** A verb of the command line: how it is declared, and what it does. Commander is an adapter beneath it. */
export interface Verb<A extends readonly unknown[] = readonly unknown[], O = object> {
  readonly name: string;
  /** One line of `breakwater --help`. */
  readonly summary: string;
  /** What the summary leaves out, for `--help` of the verb. */
  readonly description?: string;
  /** Command lines, without the leading `breakwater`; at least one. */
  readonly examples: readonly [string, ...string[]];
  /** Adds arguments and options. */
  declare(command: Command): void;
  /**
   * Does the work. Imports what it needs when it runs, so that a verb costs nothing to the others.
   * @throws UserError
   */
  run(args: A, options: O, io: Io): Promise<ExitStatus>;
}

/** Declare a verb. Returns its argument; exists to fix the types of arguments and options. */
export const defineVerb = <A extends readonly unknown[], O>(verb: Verb<A, O>): Verb<A, O> => verb;

/** Verbs under a common name, such as `model convert`. */
export interface VerbGroup {
  readonly name: string;
  /** One line of `breakwater --help`. */
  readonly summary: string;
  readonly verbs: readonly Verb[];
}

/** The verbs of a group, or the verb itself: names as they are typed. */
export const typed = (verb: Verb | VerbGroup): readonly (readonly string[])[] =>
  'verbs' in verb ? verb.verbs.map(({ name }) => [verb.name, name]) : [[verb.name]];
