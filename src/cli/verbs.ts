import { init } from './init.ts';
import { schema } from './schema.ts';
import type { Verb } from './verb.ts';

/** Every verb, in the order of `--help`. A new one is one file and one line here. */
export const verbs = [init, schema] as readonly Verb[];
