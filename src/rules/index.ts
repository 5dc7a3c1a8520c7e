// All rules, in the order of their ids. A new rule is one file and one line here, twice.

import type { Rule } from '../check/rule.ts';
import ignoreExpired from './ignore-expired.ts';
import ignoreUnknown from './ignore-unknown.ts';
import ignoreUnused from './ignore-unused.ts';
import imageDigest from './image-digest.ts';
import memorySet from './memory-set.ts';
import selectorLabels from './selector-labels.ts';
import volumeMount from './volume-mount.ts';
import yamlObject from './yaml-object.ts';
import yamlSyntax from './yaml-syntax.ts';

export { defineRule } from '../check/rule.ts';
export type * from '../check/rule.ts';

export const rules: readonly Rule[] = [
  ignoreExpired,
  ignoreUnknown,
  ignoreUnused,
  imageDigest,
  memorySet,
  selectorLabels,
  volumeMount,
  yamlObject,
  yamlSyntax,
];
