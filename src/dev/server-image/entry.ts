// What the model server's image runs: `breakwater model serve`, without the rest of the command line.

import { readFileSync } from 'node:fs';
import { serve } from '../../cli/model/serve.ts';
import { runProgram } from '../../cli/program.ts';
import type { VerbGroup } from '../../cli/verb.ts';
import { serverArguments } from './server-arguments.ts';

const model: VerbGroup = { name: 'model', summary: 'serve a model', verbs: [serve] as VerbGroup['verbs'] };

process.exitCode = await runProgram(
  [model],
  [
    'model',
    'serve',
    ...serverArguments(process.argv.slice(2), process.env, (path) => readFileSync(path, 'utf8')),
  ],
  {
    cwd: '/',
    env: process.env,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    terminal: { stdout: false, stderr: false, columns: 100 },
    now: () => Date.now(),
    untilStopped: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
      }),
  },
);
process.exit();
