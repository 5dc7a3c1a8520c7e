import type { VerbGroup } from '../verb.ts';
import { convert } from './convert.ts';
import { diffTwo } from './diff.ts';
import { inspect } from './inspect.ts';
import { runModel } from './run.ts';
import { serve } from './serve.ts';

/** What can be done with a model's file, without a definition. */
export const model: VerbGroup = {
  name: 'model',
  summary: "convert, inspect, compare, run and serve a model's file",
  verbs: [convert, inspect, diffTwo, runModel, serve] as VerbGroup['verbs'],
};
