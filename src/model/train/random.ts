import type { TrainingSpec } from '../../fleet/spec.ts';

/** Random numbers from 0 to below 1: the same sequence for the same seed on every machine. */
export type Random = () => number;

/** Mulberry32, a public-domain generator of 32 bits by T. Ettinger. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 0 to `count` − 1 in random order. */
export function shuffled(count: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** What decides where a definition leaves it open. */
export const seedOf = ({ seed = 0 }: TrainingSpec): number => seed;
