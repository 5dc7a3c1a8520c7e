#!/usr/bin/env node
import module from 'node:module';

// Node 22.8 and later keep what they compiled from one run to the next. Before anything large is imported.
const { enableCompileCache } = module as typeof module & { enableCompileCache?: () => void };
enableCompileCache?.();

const { main } = await import('./main.ts');

let done = false;

// A reader that has seen enough, such as `| head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  done = true;
  process.exit(0);
});

// A definition that ends the process must not look as if all were well.
process.on('exit', (code) => {
  if (done || code !== 0) return;
  process.stderr.write(
    'error[FLEET_LOAD]: the run ended before it was done\n  fix: remove process.exit from fleet definitions\n',
  );
  process.exitCode = 2;
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
  untilStopped: () =>
    new Promise((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    }),
});

done = true;
// Ends even if a fleet left a timer or a socket open; what was written is out first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(status)));
