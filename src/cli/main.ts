import type { ExitStatus, Io } from './io.ts';
import { runProgram } from './program.ts';
import { verbs } from './verbs.ts';

/** Run the tool. Never throws and never exits. */
export const main = (argv: readonly string[], io: Io): Promise<ExitStatus> => runProgram(verbs, argv, io);
