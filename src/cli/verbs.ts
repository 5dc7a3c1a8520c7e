import { bootstrap } from './bootstrap.ts';
import { build } from './build.ts';
import { diff } from './diff.ts';
import { explain } from './explain.ts';
import { gate } from './gate.ts';
import { init } from './init.ts';
import { model } from './model/index.ts';
import { plan } from './plan.ts';
import { promote } from './promote.ts';
import { push } from './push.ts';
import { retry } from './retry.ts';
import { rollback } from './rollback.ts';
import { rules } from './rules.ts';
import { schema } from './schema.ts';
import { status } from './status.ts';
import { train } from './train.ts';
import { synth } from './synth.ts';
import { validate } from './validate.ts';
import type { Verb, VerbGroup } from './verb.ts';

/** Every verb, in the order of `--help`. A new one is one file and one line here. */
export const verbs = [
  init,
  train,
  build,
  push,
  model,
  plan,
  synth,
  validate,
  diff,
  status,
  gate,
  promote,
  rollback,
  retry,
  bootstrap,
  explain,
  rules,
  schema,
] as readonly (Verb | VerbGroup)[];
