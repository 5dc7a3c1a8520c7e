// Runs once, in the process that outlives all others of the run: clears what a killed run left, builds what is
// missing, and removes the run's folder, with every process in it, whichever way the run ends.

import type { TestProject } from 'vitest/node';
import type { ProgramName } from './binaries.ts';
import { buildAll, goVersion } from './build.ts';
import { createRunFolder, removeLeftovers, removeRunFolder } from './run-folder.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Names the suite in logs. */
    suite: string;
    /** Folder of this run. */
    runFolder: string;
    /** Why nothing can run here; absent where it can. */
    missing: string;
  }
}

interface Suite {
  /** Names it in what is printed. */
  readonly name: string;
  /** What it runs. */
  readonly programs: readonly ProgramName[];
  /** Why it cannot run here, where that is for another reason than that there is no Go. */
  readonly missing?: () => string | undefined;
}

const noGo = (): string | undefined =>
  goVersion() === undefined
    ? 'no Go on this machine: the programs that these tests run are built with it (https://go.dev/dl)'
    : undefined;

/**
 * What a suite's global setup does.
 * @throws Error where the suite cannot run and `CI` is set; elsewhere its tests are skipped, and counted
 */
export async function setUpRun(
  project: TestProject,
  { name, programs, missing }: Suite,
): Promise<() => void> {
  const say = (line: string): void => void process.stderr.write(`${name}: ${line}\n`);
  const leftovers = removeLeftovers();
  if (leftovers > 0) say(`removed what ${leftovers} killed run${leftovers === 1 ? '' : 's'} left`);

  project.provide('suite', name);
  const reason = noGo() ?? missing?.();
  if (reason !== undefined) {
    if (process.env['CI']) throw new Error(reason);
    say(`skipped: ${reason}`);
    project.provide('runFolder', '');
    project.provide('missing', reason);
    return () => undefined;
  }
  await buildAll(programs, say);

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
