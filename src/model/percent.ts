/** A ratio in percent, as it was written: 0.07 is `7`, not `7.000000000000001`. */
export const percent = (ratio: number): string => String(Number((100 * ratio).toPrecision(12)));
