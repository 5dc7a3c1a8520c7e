import type { Example, Rule, Subject } from '../check/rule.ts';
import type { ModelGate } from '../model/gates/gate.ts';

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
    const found = said(rule, example);
    lines.push('', `${verdictOf(found)}: ${example.title}`);
    for (const { message, fix } of found) {
      lines.push(`  ${message}`);
      if (fix !== undefined) lines.push(`  fix: ${fix}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** All there is to know about a gate that models must pass. */
export const explainGate = ({ id, summary, why, source }: ModelGate): string =>
  `${id} (gate of models, judged by breakwater build)\n\n${summary}\n\nwhy: ${why}\nsource: ${source}\n`;

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
    const found = said(rule, example);
    lines.push(`- ${verdictOf(found)}: ${example.title}`);
    for (const { message, fix } of found) {
      lines.push(`  - \`${message}\``);
      if (fix !== undefined) lines.push(`    fix: ${fix}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const verdictOf = (lines: readonly Said[]): string => {
  if (lines.length === 0) return 'good';
  return lines.some(({ fix }) => fix !== undefined) ? 'bad' : 'not judged';
};

interface Said {
  readonly message: string;
  /** Absent where the rule cannot judge. */
  readonly fix?: string;
}

/** What the rule really says: its text is never written twice. */
const said = (rule: Rule, { subject }: Example<Subject>): Said[] =>
  [...rule.check(subject)].map((found) =>
    'notEvaluated' in found
      ? { message: `not evaluated: ${found.notEvaluated}` }
      : { message: found.message, fix: found.fix },
  );
