// After a failure, the logs of every program are kept in `.breakwater/<suite>-logs/` and their ends are printed:
// the folder of the run, where they stand, goes away with it.

import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, inject } from 'vitest';

const LINES = 8;
const WIDTH = 200;

const lastLines = (text: string): string =>
  text
    .split('\n')
    .slice(-LINES)
    .map((line) => line.slice(0, WIDTH))
    .join('\n');

afterEach(({ task }) => {
  if (task.result?.state !== 'fail' || inject('runFolder') === '') return;
  const logs = join(inject('runFolder'), 'logs');
  const kept = join('.breakwater', `${inject('suite')}-logs`, task.id);
  mkdirSync(kept, { recursive: true });
  cpSync(logs, kept, { recursive: true });
  const ends = readdirSync(logs)
    .map((name) => [name, readFileSync(join(logs, name), 'utf8').trim()] as const)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `--- ${name}\n${lastLines(text)}`);
  console.error(`logs of "${task.name}" are in ${kept}\n${ends.join('\n')}`);
});
