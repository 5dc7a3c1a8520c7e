import { hash } from 'node:crypto';
import { UserError } from '../errors.ts';
import type { Percent } from '../fleet/units.ts';
import type { SliceName } from './plan.ts';

/** How many buckets names are hashed into; one is 0.01 % of the fleet. */
export const BUCKETS = 10_000;

/** The share of the fleet between two cuts. */
export interface Slice {
  readonly name: SliceName;
  /** First bucket. */
  readonly from: number;
  /** Bucket after the last: the cut that the slice is named by. */
  readonly to: number;
}

/** Upper bounds in buckets: 0.01 % to 100 %. Part of every path in `generated/`; never changed. */
const CUTS = [
  1, 2, 5, 10, 20, 50, 100, 200, 300, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000, 5500, 6000,
  6500, 7000, 7500, 8000, 8500, 9000, 9500, 10_000,
] as const;

const nameOf = (cut: number): SliceName => `p${(cut / 100).toFixed(2).padStart(6, '0')}`;

/** The slices of every fleet, in the order in which releases reach them. */
export const SLICES: readonly Slice[] = CUTS.map((to, index) => ({
  name: nameOf(to),
  from: index === 0 ? 0 : CUTS[index - 1]!,
  to,
}));

const INDEX_BY_NAME: ReadonlyMap<SliceName, number> = new Map(SLICES.map(({ name }, index) => [name, index]));
// Filled slice by slice: looking each bucket's slice up took 10 ms of every start.
const INDEX_BY_BUCKET = new Uint8Array(BUCKETS);
SLICES.forEach(({ from, to }, index) => INDEX_BY_BUCKET.fill(index, from, to));

/** Where a slice stands in {@link SLICES}; `undefined` where there is no such slice. */
export const indexOfSlice = (name: SliceName): number | undefined => INDEX_BY_NAME.get(name);

/**
 * The bucket of a cluster: the first 12 hexadecimal digits of SHA-256 over the UTF-8 bytes of
 * `<salt>/<cluster>`, as a number, modulo 10,000. A cluster's name holds no `/`, so no two pairs read alike.
 * A shell agrees: `echo $((0x$(printf %s 'city-1/0042' | sha256sum | cut -c1-12) % 10000))`.
 *
 * 48 bits: the buckets' shares differ by less than one part in 10^10.
 *
 * @returns 0 to 9,999
 */
export const bucketOf = (salt: string, cluster: string): number =>
  Number.parseInt(hash('sha256', `${salt}/${cluster}`).slice(0, 12), 16) % BUCKETS;

/**
 * The slice of a cluster that is not pinned, for life: it depends on nothing but the fleet's salt and the
 * cluster's name.
 */
export const sliceOf = (salt: string, cluster: string): SliceName =>
  SLICES[sliceIndexOf(salt, cluster)]!.name;

/** {@link sliceOf}, as a place in {@link SLICES}. */
export const sliceIndexOf = (salt: string, cluster: string): number =>
  INDEX_BY_BUCKET[bucketOf(salt, cluster)]!;

/**
 * The cut at a percentage.
 *
 * @returns buckets, a whole number: 0.1 % is 10
 * @throws UserError `PERCENT_CUT` where no slice ends there
 */
export function cutOf(percent: Percent): number {
  // Dividing rounds to the double that the literal is: 0.07 * 100 would be 7.000000000000001.
  const cut = CUTS.find((to) => to / 100 === percent);
  if (cut !== undefined) return cut;
  const below = CUTS.findLast((to) => to / 100 < percent);
  const above = CUTS.find((to) => to / 100 > percent);
  const nearest = [below, above].filter((to) => to !== undefined).map((to) => to / 100);
  throw new UserError(
    'PERCENT_CUT',
    `${percent} % is not a cut between slices`,
    `write ${nearest.join(' or ')}`,
  );
}
