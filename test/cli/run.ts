import { main } from '../../src/cli/main.ts';
import type { Io } from '../../src/cli/io.ts';

/** What a run of the command line left behind. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run the command line in this process, in a folder, with nothing that is a terminal. */
export async function run(cwd: string, argv: readonly string[], io: Partial<Io> = {}): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const status = await main(argv, {
    cwd,
    env: {},
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    terminal: { stdout: false, stderr: false, columns: 100 },
    now: () => Date.now(),
    ...io,
  });
  return { status, stdout, stderr };
}
