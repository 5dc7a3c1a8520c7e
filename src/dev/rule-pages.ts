// Writes .github/rules.md from the rules: `node dist/dev/rule-pages.js`; with `--check`, compares only.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Rule } from '../check/rule.ts';
import { ruleSection } from '../report/explain.ts';
import { rules } from '../rules/index.ts';

const FILE = '.github/rules.md';

/** The page of rules: a table, and a section for each with its examples. */
export const rulePage = (all: readonly Rule[]): string => `# Rules

What \`breakwater validate\` checks. \`breakwater explain RULE\` prints a section of this page.
Examples are the rules' own tests. This page is written by \`npm run generate\`; edit the rule, not the page.

| rule | severity | on | what it checks |
|---|---|---|---|
${all.map(({ id, severity, on, summary }) => `| [${id}](#${id}) | ${severity} | ${on} | ${summary} |`).join('\n')}

${all.map(ruleSection).join('\n')}`;

function main(check: boolean): void {
  const path = fileURLToPath(new URL(`../../${FILE}`, import.meta.url));
  const text = rulePage(rules);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  if (check) {
    process.stderr.write(`error: ${FILE} is stale\n  fix: npm run generate\n`);
    process.exitCode = 1;
  } else writeFileSync(path, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--check'));
