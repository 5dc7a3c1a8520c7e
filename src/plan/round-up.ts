/**
 * Round up what is not whole, but not what is whole but for the rounding of binary fractions: twelve digits count,
 * so that 0.07 * 100, which is 7.000000000000001, is 7 and not 8.
 */
export const roundUp = (value: number): number => Math.ceil(Number(value.toPrecision(12)));
