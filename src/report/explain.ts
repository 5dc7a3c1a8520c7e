import type { Example, Rule, Subject } from '../check/rule.ts';

/**
 * All there is to know about a rule: what it checks, why, on which page it relies, and what it says of its examples.
 * `breakwater explain` prints it; {@link ruleSection} is the same as Markdown.
 */
export function explainRule(rule: Rule): string {
  const lines = [
    `${rule.id} (${rule.severity}, on ${rule.on}, since ${rule.since})`,
    '',
    rule.summary,
    '',
    `why: ${rule.why}`,
    `source: ${rule.source}`,
  ];
  for (const example of rule.examples) {
    lines.push('', `${isGood(example) ? 'good' : 'bad'}: ${example.title}`);
    for (const { message, fix } of said(rule, example)) {
      lines.push(`  ${message}`);
      if (fix !== undefined) lines.push(`  fix: ${fix}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** A rule's section of the page of rules; the rule's id is its anchor. */
export function ruleSection(rule: Rule): string {
  const lines = [
    `## ${rule.id}`,
    '',
    `${rule.severity}, on ${rule.on}, since ${rule.since}`,
    '',
    `**${rule.summary}** ${rule.why} ([source](${rule.source}))`,
    '',
  ];
  for (const example of rule.examples) {
    lines.push(`- ${isGood(example) ? 'good' : 'bad'}: ${example.title}`);
    for (const { message, fix } of said(rule, example)) {
      lines.push(`  - \`${message}\``);
      if (fix !== undefined) lines.push(`    fix: ${fix}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const isGood = ({ expect }: Example<Subject>): boolean => expect.length === 0;

/** What the rule really says: its text is never written twice. */
const said = (rule: Rule, { subject }: Example<Subject>): { message: string; fix?: string }[] =>
  [...rule.check(subject)].map((found) =>
    'notEvaluated' in found
      ? { message: `not evaluated: ${found.notEvaluated}` }
      : { message: found.message, fix: found.fix },
  );
