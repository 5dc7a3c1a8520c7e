// Waiting for a condition with a deadline: the only way that these tests wait.

import { setTimeout as delay } from 'node:timers/promises';

interface Waiting {
  /** @default 120000 */
  readonly timeoutMs?: number;
  /** How often to ask. @default 100 */
  readonly everyMs?: number;
}

/**
 * Ask until the answer is neither `undefined` nor `false`. A question that throws is asked again; what it threw
 * last is told when time is up.
 *
 * @param what completes "waiting for …"
 * @throws Error once `timeoutMs` have passed
 */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { timeoutMs = 120_000, everyMs = 100 }: Waiting = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last = '';
  do {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = '';
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      last = `: ${error instanceof Error ? error.message : JSON.stringify(error)}`;
    }
    await delay(everyMs);
  } while (Date.now() < deadline);
  throw new Error(`gave up waiting for ${what} after ${timeoutMs / 1000} s${last}`);
}

/**
 * Watch that something stays true for a while: the proof that nothing happens.
 * @throws Error as soon as `holds` is false, with `what`
 */
export async function stays(
  what: string,
  forMs: number,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + forMs;
  do {
    if (!(await holds())) throw new Error(`did not stay: ${what}`);
    await delay(100);
  } while (Date.now() < end);
}

/** Thrown by a question that no waiting will answer, such as to a process that has ended. */
export class Hopeless extends Error {}
