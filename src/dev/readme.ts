// Writes into README.md, between markers, the reference fleet that it shows and the help of every verb:
// `node dist/dev/readme.js`; with `--check`, compares only.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from '../cli/main.ts';
import { typed } from '../cli/verb.ts';
import { verbs } from '../cli/verbs.ts';

const FILE = 'README.md';
const COLUMNS = 100;
const FLEET = 'fleets/hello-edge.ts';

const root = new URL('../../', import.meta.url);

/**
 * A page with text between the markers `<!-- name -->` and `<!-- /name -->`.
 * @throws Error where the page has no such markers
 */
function between(page: string, name: string, text: string): string {
  const markers = new RegExp(`(<!-- ${name} -->\\n).*?(<!-- /${name} -->)`, 's');
  if (!markers.test(page)) throw new Error(`${FILE} has no <!-- ${name} --> … <!-- /${name} -->`);
  return page.replace(markers, (_, open: string, close: string) => `${open}\n${text}\n${close}`);
}

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
  const each: string[] = [];
  for (const names of verbs.flatMap(typed))
    each.push(`$ breakwater ${names.join(' ')} --help\n${await helpOf([...names, '--help'])}`);
  const text = [
    block(await helpOf(['--help'])),
    '<details><summary>Help of each verb</summary>\n',
    block(each.join('\n\n')),
    '</details>\n',
  ].join('\n');
  return between(page, 'help', text);
}

/** A page with the reference fleet, its leading comment aside, between its markers. */
export const withFleet = (page: string, source: string): string =>
  between(page, 'fleet', `\`\`\`ts\n${source.replace(/^(\/\/.*\n)+\n/, '')}\`\`\`\n`);

const block = (text: string): string => `\`\`\`text\n${text}\n\`\`\`\n`;

async function run(check: boolean): Promise<void> {
  const path = new URL(FILE, root);
  const page = readFileSync(path, 'utf8');
  const text = await withHelp(withFleet(page, readFileSync(new URL(FLEET, root), 'utf8')));
  if (text === page) return;
  if (check) {
    process.stderr.write(`error: ${FILE} is stale\n  fix: npm run generate\n`);
    process.exitCode = 1;
  } else writeFileSync(path, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await run(process.argv.includes('--check'));
