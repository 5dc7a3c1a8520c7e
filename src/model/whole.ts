/**
 * A whole number with a comma between thousands. `toLocaleString` does the same, and takes 15 ms when it is first called.
 */
export const whole = (count: number): string => String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ',');
