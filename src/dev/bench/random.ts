/** A seeded source of random numbers: the same sequence on every machine. */
export interface Random {
  /** 0 to below 1. */
  uniform(): number;
  /** A share with density Beta(a, b). */
  beta(a: number, b: number): number;
  /** How many of n happen, each with probability p. */
  binomial(n: number, p: number): number;
}

/** Mulberry32, a public-domain generator of 32 bits by T. Ettinger. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const positive = (): number => uniform() || 2 ** -33;
  const normal = (): number => Math.sqrt(-2 * Math.log(positive())) * Math.cos(2 * Math.PI * uniform());
  /** Marsaglia's and Tsang's method, in logarithms: shapes below 1 give shares too small for a double. */
  const logGamma = (shape: number): number => {
    if (shape < 1) return logGamma(shape + 1) + Math.log(positive()) / shape;
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(positive()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v);
    }
  };
  return {
    uniform,
    beta: (a, b) => 1 / (1 + Math.exp(logGamma(b) - logGamma(a))),
    binomial: (n, p) => {
      if (p <= 0) return 0;
      if (p >= 1) return n;
      // From one that happens to the next: how many do not is geometric.
      const skipped = (): number => Math.floor(Math.log(positive()) / Math.log1p(-p));
      let count = 0;
      for (let at = skipped(); at < n; at += 1 + skipped()) count += 1;
      return count;
    },
  };
}
