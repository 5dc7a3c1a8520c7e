#!/usr/bin/env node
import { main } from './main.ts';

// A reader that has seen enough, such as `| head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const status = await main(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  terminal: {
    stdout: process.stdout.isTTY,
    stderr: process.stderr.isTTY,
    columns: process.stdout.columns || 100,
  },
  now: () => Date.now(),
});

// Ends even if a fleet left a timer or a socket open; what was written is out first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(status)));
