import { UserError } from '../../errors.ts';
import { loadLiteRt } from './litert.ts';
import { reference } from './reference/reference.ts';
import type { Runtime } from './runtime.ts';

export const RUNTIMES = ['litert', 'reference'] as const;
export type RuntimeName = (typeof RUNTIMES)[number];

/**
 * The runtime that is asked for; else LiteRT, or the reference kernels where that does not start.
 * @param warn is told of the latter
 * @throws UserError `RUNTIME` where LiteRT is asked for and does not start
 */
export async function loadRuntime(
  asked: RuntimeName | undefined,
  warn: (text: string) => void,
): Promise<Runtime> {
  if (asked === 'reference') return reference;
  try {
    return await loadLiteRt();
  } catch (error) {
    if (asked !== undefined || !(error instanceof UserError)) throw error;
    warn(
      `warning: ${error.message}\n  the reference kernels stand in: the same codes, up to two hundred times as slow\n`,
    );
    return reference;
  }
}
