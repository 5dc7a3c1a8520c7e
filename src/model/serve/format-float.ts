/** Powers of ten that divide exactly. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/**
 * A float32 in digits: six, which most need, or nine, which always suffice to tell it from its neighbours.
 * Whole ones end in `.0`, so that a client takes all numbers of a list for the same type. As TensorFlow Serving does.
 */
export function formatFloat(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return Object.is(value, -0) ? '-0.0' : `${value}.0`;
  if (!Number.isFinite(value)) return String(value);
  const text = String(rounded(value, 6) ?? rounded(value, 9) ?? Number(value.toPrecision(9)));
  return text.includes('.') || text.includes('e') ? text : `${text}.0`;
}

/**
 * The number of few digits nearest to a float32, or undefined where that is another float32.
 * By arithmetic where it can be, which is several times as fast as by text.
 */
function rounded(value: number, digits: number): number | undefined {
  const size = Math.abs(value);
  const power = POWERS[digits - 1 - Math.floor(Math.log10(size))];
  const near = power === undefined ? Number(value.toPrecision(digits)) : Math.round(value * power) / power;
  return Math.fround(near) === value ? near : undefined;
}
