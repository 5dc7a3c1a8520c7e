// Quantities as they stand in objects: wrong ones are some other rule's finding, never an exception.

import { UserError } from '../errors.ts';
import { parseBytes, parseQuantity } from '../fleet/units.ts';
import { asQuantity } from './json.ts';

function orUndefined<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Whether two quantities are the same amount; texts that are none are the same if they are equal. */
export function sameQuantity(left: string, right: string): boolean {
  const amounts = orUndefined(() => [parseQuantity(left), parseQuantity(right)] as const);
  return amounts ? amounts[0] === amounts[1] : left === right;
}

/** Bytes of a field, rounded up; `undefined` where it is missing or no quantity. */
export function bytesOf(value: unknown): number | undefined {
  const text = asQuantity(value);
  return text === undefined ? undefined : orUndefined(() => parseBytes(text));
}

const MiB = 2 ** 20;

/**
 * Bytes in whole Mi, for sums in messages.
 * @param round `up` for what is needed, `down` for what there is, so that a sum that does not fit never looks as if it did
 */
export const inMi = (bytes: number, round: 'up' | 'down'): string =>
  `${round === 'up' ? Math.ceil(bytes / MiB) : Math.floor(bytes / MiB)}Mi`;
