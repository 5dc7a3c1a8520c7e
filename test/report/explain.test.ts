import { expect, test } from 'vitest';
import { defineRule, type Rule } from '../../src/check/rule.ts';
import { explainRule, ruleSection } from '../../src/report/explain.ts';

const subject = (objects: number) => ({ file: 'a.yaml', objects, problems: [] });

const rule = defineRule({
  id: 'file-small',
  on: 'file',
  severity: 'advice',
  summary: 'A file holds one object.',
  why: 'Two objects in a file move together.',
  source: 'https://example.com/files',
  since: '0.1.0',
  *check({ objects }) {
    if (objects === 0) yield { notEvaluated: 'a.yaml is empty' };
    if (objects > 1) yield { path: '', message: `a.yaml holds ${objects} objects`, fix: 'split it' };
  },
  examples: [
    { title: 'one', subject: subject(1), expect: [] },
    { title: 'two', subject: subject(2), expect: ['a.yaml holds 2 objects'] },
    { title: 'none', subject: subject(0), expect: ['not evaluated: a.yaml is empty'] },
  ],
}) as unknown as Rule;

test('a rule is explained with what it says of its examples', () => {
  expect(explainRule(rule)).toMatchInlineSnapshot(`
    "file-small (advice, on file, since 0.1.0)

    A file holds one object.

    why: Two objects in a file move together.
    source: https://example.com/files

    good: one

    bad: two
      a.yaml holds 2 objects
      fix: split it

    not judged: none
      not evaluated: a.yaml is empty
    "
  `);
});

test('a section of the page of rules says the same', () => {
  expect(ruleSection(rule)).toMatchInlineSnapshot(`
    "## file-small

    advice, on file, since 0.1.0

    **A file holds one object.** Two objects in a file move together. ([source](https://example.com/files))

    - good: one
    - bad: two
      - \`a.yaml holds 2 objects\`
        fix: split it
    - not judged: none
      - \`not evaluated: a.yaml is empty\`
    "
  `);
});
