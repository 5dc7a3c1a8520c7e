import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { CannotJudge, Rule } from '../src/check/rule.ts';
import type { RuleFinding } from '../src/check/finding.ts';
import { rules } from '../src/rules/index.ts';

const isFinding = (said: RuleFinding | CannotJudge): said is RuleFinding => !('notEvaluated' in said);

/** What a rule says of an example: messages, and reasons not to judge. */
const wordsOf = (said: RuleFinding | CannotJudge): string =>
  isFinding(said) ? said.message : `not evaluated: ${said.notEvaluated}`;

describe.each(rules.map((rule): [string, Rule] => [rule.id, rule]))('%s', (id, rule) => {
  test.each(rule.examples.map((example) => [example.title, example] as const))(
    '%s',
    (_title, { subject, expect: messages }) => {
      expect([...rule.check(subject)].map(wordsOf)).toEqual(messages);
    },
  );

  test('has a good and a bad example, with titles of their own', () => {
    const bad = rule.examples.map(({ expect: messages }) => messages.length > 0);
    expect(bad).toContain(true);
    expect(bad).toContain(false);
    expect(new Set(rule.examples.map(({ title }) => title)).size).toBe(rule.examples.length);
  });

  test('words its findings as the style says', () => {
    for (const said of rule.examples.flatMap(({ subject }) => [...rule.check(subject)])) {
      expect(wordsOf(said)).toMatch(/^[a-z0-9"][^\n]*[^.\n!]$/);
      if (!isFinding(said)) continue;
      expect(said.fix).toMatch(/^[a-z][^\n]*[^.\n!]$/);
      expect(said.path).toMatch(/^(\/[^\n]*)?$/);
    }
  });

  test('says the same twice', () => {
    for (const { subject } of rule.examples) {
      expect([...rule.check(subject)]).toEqual([...rule.check(subject)]);
    }
  });

  test('has what its page needs', () => {
    expect(rule.summary).toMatch(/^[A-Z"`].*\.$/);
    expect(rule.why).toMatch(/^[A-Z"`].*\.$/);
    expect(rule.source).toMatch(/^https:\/\/\S+$/);
    expect(rule.since).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('stands in the file that its id names', () => {
    expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(existsSync(fileURLToPath(new URL(`../src/rules/${id}.ts`, import.meta.url)))).toBe(true);
  });
});

test('rules are listed in id order, each once', () => {
  const ids = rules.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].toSorted());
});
