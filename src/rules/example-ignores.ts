import type { IgnoresSubject, MetIgnore } from '../check/rule.ts';

/** One `ignore` entry of a fleet, and what it met. */
export const exampleIgnores = (
  met: MetIgnore['met'],
  entry: Partial<MetIgnore['entry']> = {},
): IgnoresSubject => ({
  rules: ['image-digest', 'memory-set'],
  entries: [
    {
      met,
      path: '/ignore/0',
      entry: { rule: 'image-digest', reason: 'our registry never moves a tag', ...entry },
    },
  ],
});
