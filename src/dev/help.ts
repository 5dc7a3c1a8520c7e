// Writes the help of every verb into README.md, between its markers: `node dist/dev/help.js`; with `--check`, compares
// only.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from '../cli/main.ts';
import { verbs } from '../cli/verbs.ts';

const FILE = 'README.md';
const COLUMNS = 100;
const MARKERS = /(<!-- help -->\n).*?(<!-- \/help -->)/s;

/** What the command line prints, as it would on a wide enough terminal without colour. */
export async function helpOf(argv: readonly string[]): Promise<string> {
  let printed = '';
  await main(argv, {
    cwd: '/',
    env: {},
    stdout: (text) => void (printed += text),
    stderr: (text) => void (printed += text),
    terminal: { stdout: false, stderr: false, columns: COLUMNS },
    now: () => 0,
  });
  return printed.trimEnd();
}

/**
 * A page with the help between its markers: all verbs in sight, each one's own folded away.
 * @throws Error where the page has no markers
 */
export async function withHelp(page: string): Promise<string> {
  if (!MARKERS.test(page)) throw new Error(`${FILE} has no <!-- help --> … <!-- /help -->`);
  const each: string[] = [];
  for (const { name } of verbs) each.push(`$ breakwater ${name} --help\n${await helpOf([name, '--help'])}`);
  const text = [
    block(await helpOf(['--help'])),
    '<details><summary>Help of each verb</summary>\n',
    block(each.join('\n\n')),
    '</details>\n',
  ].join('\n');
  return page.replace(MARKERS, (_, open: string, close: string) => `${open}\n${text}\n${close}`);
}

const block = (text: string): string => `\`\`\`text\n${text}\n\`\`\`\n`;

async function run(check: boolean): Promise<void> {
  const path = fileURLToPath(new URL(`../../${FILE}`, import.meta.url));
  const page = readFileSync(path, 'utf8');
  const text = await withHelp(page);
  if (text === page) return;
  if (check) {
    process.stderr.write(`error: ${FILE} is stale\n  fix: npm run help\n`);
    process.exitCode = 1;
  } else writeFileSync(path, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(process.argv.includes('--check'));
