import type { FreezeSpec } from '../fleet/spec.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WEEK = 7 * DAY;
/** The epoch was a Thursday: this is the Sunday before it. */
const FIRST_SUNDAY = -4 * DAY;

/** A freeze that is on. */
export interface Freeze {
  readonly reason: string;
  /** From when on promotions are possible again as far as this freeze goes, in milliseconds since the epoch. */
  readonly untilMs: number;
}

/** The freeze that holds promotions up, and for longest where there are several; `undefined` where none does. */
export const freezeAt = (freezes: readonly FreezeSpec[] | undefined, nowMs: number): Freeze | undefined =>
  (freezes ?? [])
    .map((spec) => ({ reason: spec.reason, untilMs: endOf(spec, nowMs) }))
    .filter((freeze): freeze is Freeze => freeze.untilMs !== undefined)
    .reduce<Freeze | undefined>(
      (longest, freeze) => (longest === undefined || freeze.untilMs > longest.untilMs ? freeze : longest),
      undefined,
    );

/** When a freeze that is on ends; `undefined` while it is off. */
function endOf({ from, until }: FreezeSpec, nowMs: number): number | undefined {
  if (!isWeekly(from)) {
    const end = Date.parse(until);
    return Date.parse(from) <= nowMs && nowMs < end ? end : undefined;
  }
  const length = modulo(inWeek(until) - inWeek(from), WEEK);
  const since = modulo(nowMs - FIRST_SUNDAY - inWeek(from), WEEK);
  return since < length ? nowMs - since + length : undefined;
}

/** Whether a time is of every week. */
export const isWeekly = (time: string): boolean => DAYS.includes(time.slice(0, 3));

/** Milliseconds from the beginning of the week. */
const inWeek = (time: string): number =>
  DAYS.indexOf(time.slice(0, 3)) * DAY + (Number(time.slice(4, 6)) * 60 + Number(time.slice(7, 9))) * MINUTE;

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
