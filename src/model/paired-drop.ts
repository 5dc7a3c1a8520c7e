/** What was lost from one network to another on the same samples, in percentage points of accuracy. */
export interface PairedDrop {
  readonly dropPoints: number;
  /** Half the interval at 95 %. */
  readonly marginPoints: number;
}

/** Two-sided 95 %. */
const Z = 1.959963984540054;

/**
 * Paired: only samples on which the two networks differ say anything. With b samples that only the first network gets right
 * and c that only the second does, the drop is (b − c) / n, with standard error √(b + c − (b − c)² / n) / n.
 * @param right whether each network named the class, sample by sample
 * @see https://en.wikipedia.org/wiki/McNemar%27s_test
 */
export function pairedDrop(right: readonly (readonly [first: boolean, second: boolean])[]): PairedDrop {
  const n = right.length;
  const lost = right.filter(([first, second]) => first && !second).length;
  const gained = right.filter(([first, second]) => second && !first).length;
  // One pseudo-sample keeps the interval from vanishing where the two never differ.
  const error = Math.sqrt(Math.max(lost + gained - (lost - gained) ** 2 / n, 1)) / n;
  return { dropPoints: (100 * (lost - gained)) / n, marginPoints: 100 * Z * error };
}
