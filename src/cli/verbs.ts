import { init } from './init.ts';
import { rules } from './rules.ts';
import { schema } from './schema.ts';
import { validate } from './validate.ts';
import type { Verb } from './verb.ts';

/** Every verb, in the order of `--help`. A new one is one file and one line here. */
export const verbs = [init, validate, rules, schema] as readonly Verb[];
