import { middleOfBinomial } from './binomial.ts';
import type { Count } from './plan.ts';
import { BUCKETS } from './slices.ts';

/** Clusters and devices that are known one by one. */
export interface Tally {
  clusters: number;
  devices: number;
}

export const emptyTally = (): Tally => ({ clusters: 0, devices: 0 });

export function addTo(tally: Tally, other: Readonly<Tally>): void {
  tally.clusters += other.clusters;
  tally.devices += other.devices;
}

export const sumOf = (counts: Iterable<Readonly<Tally>>): Tally => {
  const sum = emptyTally();
  for (const count of counts) addTo(sum, count);
  return sum;
};

/** Clusters that are only counted: so many with so many devices each. */
export interface Batch {
  readonly clusters: number;
  readonly devicesPerCluster: number;
}

/**
 * What a part of the buckets is expected to hold of clusters that have no names yet.
 *
 * Clusters: exact binomial. Devices of batches that differ in size: the binomial with the same mean and
 * variance, d = Σ n d² / Σ n d devices a cluster and Σ n d / d clusters; exact where all are alike.
 *
 * @param buckets how many of the 10,000
 */
export function expectedCount(batches: readonly Batch[], buckets: number): Count {
  const p = buckets / BUCKETS;
  let clusters = 0;
  let devices = 0;
  let squares = 0;
  for (const { clusters: n, devicesPerCluster: d } of batches) {
    clusters += n;
    devices += n * d;
    squares += n * d * d;
  }
  const size = devices === 0 ? 1 : squares / devices;
  const [low, high] = middleOfBinomial(Math.round(devices / size), p);
  return {
    // Whole numbers until the last step, so that 0.1 % of 300 is 0.3 and not 0.30000000000000004.
    clusters: (clusters * buckets) / BUCKETS,
    devices: (devices * buckets) / BUCKETS,
    spread: {
      clusters: middleOfBinomial(clusters, p),
      devices: [Math.floor(low * size), Math.min(devices, Math.ceil(high * size))],
    },
  };
}
