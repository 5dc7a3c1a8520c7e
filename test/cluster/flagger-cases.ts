// Analyses that both Flagger itself and our model of it run.

import type { FlaggerAnalysis, ThresholdRange } from '../../src/gate/engines/flagger.ts';

/** What the metric says at one check: a number, nothing, or no answer at all. */
export type Said = number | 'nothing' | 'down';

export interface FlaggerCase {
  /** Also the name of its objects. */
  readonly name: string;
  /** Who shifts requests: nobody with `kubernetes`, an Ingress with `nginx`. */
  readonly provider: 'kubernetes' | 'nginx';
  readonly analysis: Omit<FlaggerAnalysis, 'unrouted'>;
  readonly range: ThresholdRange;
  /** Check by check; once they end, the last answer stays. */
  readonly says: readonly Said[];
}

const MOST = { max: 5 };
const GOOD = 1;
const BAD = 9;

type Change = Partial<Pick<FlaggerCase, 'provider' | 'range'>>;

const one = (
  name: string,
  analysis: FlaggerCase['analysis'],
  says: readonly Said[],
  change: Change = {},
): FlaggerCase => ({ name, provider: 'kubernetes', analysis, range: MOST, says, ...change });

const ROUTED = { provider: 'nginx' } as const;

export const FLAGGER_CASES: readonly FlaggerCase[] = [
  one('good', { threshold: 2, iterations: 3 }, [GOOD]),
  one('one-iteration', { threshold: 1, iterations: 1 }, [GOOD]),
  one('bad', { threshold: 2, iterations: 3 }, [BAD]),
  one('bad-at-last', { threshold: 1, iterations: 2 }, [GOOD, GOOD, BAD]),
  one('bad-once', { threshold: 2, iterations: 2 }, [GOOD, BAD, GOOD]),
  one('bad-adds-up', { threshold: 2, iterations: 4 }, [BAD, GOOD, BAD]),
  one('threshold-zero', { threshold: 0, iterations: 2 }, [BAD, GOOD]),
  one('threshold-negative', { threshold: -3, iterations: 2 }, [GOOD, BAD]),
  one('nothing', { threshold: 1, iterations: 2 }, ['nothing']),
  one('nothing-once', { threshold: 2, iterations: 2 }, ['nothing', GOOD]),
  one('not-a-number', { threshold: 1, iterations: 2 }, [Number.NaN]),
  one('down', { threshold: 2, iterations: 2 }, ['down', GOOD, 'down']),
  one('infinite', { threshold: 1, iterations: 2 }, [Number.POSITIVE_INFINITY]),
  one('at-the-bound', { threshold: 1, iterations: 1 }, [5]),
  one('below-the-least', { threshold: 1, iterations: 1 }, [2, 1.9], { range: { min: 2 } }),
  one('between', { threshold: 2, iterations: 2 }, [2, 6, 3], { range: { min: 2, max: 5 } }),
  one('no-bounds', { threshold: 1, iterations: 1 }, [BAD], { range: {} }),
  one('iterations-of-its-own', { threshold: 1, stepWeight: 50 }, [GOOD]),
  one('no-matches-unrouted', { threshold: 1, iterations: 2, matches: true }, [GOOD]),
  one('routed-blue-green', { threshold: 1, iterations: 2 }, [GOOD], ROUTED),
  one('routed-matches', { threshold: 1, iterations: 2, matches: true }, [GOOD], ROUTED),
  one('routed-matches-bad', { threshold: 2, iterations: 3, matches: true }, [GOOD, BAD], ROUTED),
  one('weight', { threshold: 1, stepWeight: 50 }, [GOOD], ROUTED),
  one('weight-up-to', { threshold: 1, stepWeight: 20, maxWeight: 50 }, [GOOD], ROUTED),
  one('weight-bad', { threshold: 2, stepWeight: 30 }, [GOOD, BAD, GOOD, BAD], ROUTED),
  one('weight-beyond-all', { threshold: 1, stepWeight: 70 }, [GOOD], ROUTED),
  one('weights', { threshold: 1, stepWeights: [10, 40] }, [GOOD], ROUTED),
  one('weights-to-all', { threshold: 1, stepWeights: [50, 100] }, [GOOD], ROUTED),
  one('weights-bad', { threshold: 1, stepWeights: [10, 40, 80] }, [GOOD, BAD], ROUTED),
  one('weights-that-stand', { threshold: 1, stepWeights: [20, 20, 40] }, [GOOD], ROUTED),
  one('weights-that-fall', { threshold: 1, stepWeights: [50, 30, 80] }, [GOOD], ROUTED),
];
