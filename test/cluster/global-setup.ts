// Runs once, in the process that outlives all others of the run: clears what a killed run left, builds what is
// missing, and removes the run's folder, with every process in it, whichever way the run ends.

import type { TestProject } from 'vitest/node';
import { buildAll, goVersion } from './harness/build.ts';
import { createRunFolder, removeLeftovers, removeRunFolder } from './harness/run-folder.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of this run. */
    runFolder: string;
    /** Why nothing can run here; absent where it can. */
    missing: string;
  }
}

const say = (line: string): void => void process.stderr.write(`cluster: ${line}\n`);

export default async function setup(project: TestProject): Promise<() => void> {
  const leftovers = removeLeftovers();
  if (leftovers > 0) say(`removed what ${leftovers} killed run${leftovers === 1 ? '' : 's'} left`);

  if (goVersion() === undefined) {
    const reason =
      'no Go on this machine: the programs that these tests run are built with it (https://go.dev/dl)';
    if (process.env['CI']) throw new Error(reason);
    say(`skipped: ${reason}`);
    project.provide('runFolder', '');
    project.provide('missing', reason);
    return () => undefined;
  }
  await buildAll(say);

  const folder = createRunFolder();
  const remove = (): void => removeRunFolder(folder);
  process.once('exit', remove);
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGTERM', 15],
  ] as const) {
    process.once(signal, () => process.exit(128 + number));
  }
  project.provide('runFolder', folder);
  project.provide('missing', '');
  return remove;
}
