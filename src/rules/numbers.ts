// How rules write numbers in messages: the same on every machine, whatever its locale.

/** A whole number with commas, such as `1,000,000`; rounds. */
export const count = (number: number): string =>
  String(Math.round(number)).replaceAll(/\B(?=(\d{3})+$)/g, ',');

/** A whole number as TypeScript takes it, such as `60_000`; rounds up. */
export const literal = (number: number): string =>
  String(Math.ceil(number)).replaceAll(/\B(?=(\d{3})+$)/g, '_');

/** At most four significant digits, no exponent, no trailing zeros. */
const short = (number: number): string => {
  const rounded = Number(number.toPrecision(4));
  return Math.abs(rounded) >= 1e-6 || rounded === 0 ? String(rounded) : '0';
};

/** A ratio to write into a definition: two significant digits, rounded down. */
export function ratioBelow(ratio: number): string {
  if (ratio <= 0) return '0';
  const step = 10 ** (Math.floor(Math.log10(ratio)) - 1);
  // Twelve digits: 0.3 / 0.01 is 29.999999999999996.
  return short(Math.floor(Number((ratio / step).toPrecision(12))) * step);
}

/** A ratio to write into a definition: two significant digits, rounded up. */
export function ratioAbove(ratio: number): string {
  if (ratio <= 0) return '0';
  const step = 10 ** (Math.floor(Math.log10(ratio)) - 1);
  // Twelve digits: 0.3 / 0.01 is 29.999999999999996.
  return short(Math.ceil(Number((ratio / step).toPrecision(12))) * step);
}

/** A ratio as percent, such as `0.5 %`. */
export const percent = (ratio: number): string => `${short(ratio * 100)} %`;

/** A difference of two ratios in percentage points, such as `4.5 points`. */
export const points = (ratio: number): string => {
  const text = short(ratio * 100);
  return `${text} ${text === '1' ? 'point' : 'points'}`;
};

/** `1 cluster`, `20,000 clusters`. */
export const counted = (number: number, noun: string): string =>
  `${count(number)} ${noun}${Math.round(number) === 1 ? '' : 's'}`;

/** A few words as a list: `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
