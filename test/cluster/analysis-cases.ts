// Metric configurations of Argo Rollouts with the answers that its providers get, by hand and at random.

import type { AnalysisMetric } from '../../src/gate/engines/argo-analysis.ts';
import type { Conditions, Value } from '../../src/gate/engines/argo-condition.ts';

/** What a provider is answered: a web service's JSON, what Prometheus finds, or status 500. */
export type Answer = { readonly json: Value } | { readonly vector: readonly number[] } | 'down';

export interface CaseMetric extends AnalysisMetric, Conditions {
  /** Answers in order; the last one stays. */
  readonly answers: readonly Answer[];
}

export interface AnalysisCase {
  readonly name: string;
  readonly metrics: readonly CaseMetric[];
  /** Seconds after which the run is ended from outside. */
  readonly terminateAfter?: number;
}

const GUARDED: Conditions = {
  successCondition: 'len(result) > 0 && !isNaN(result[0]) && result[0] <= 0.05',
  failureCondition: 'len(result) > 0 && !isNaN(result[0]) && result[0] > 0.05',
};
const NUMBER: Conditions = { successCondition: 'result < 1', failureCondition: 'result > 5' };

const good: Answer = { json: 0 };
const unsure: Answer = { json: 3 };
const bad: Answer = { json: 9 };
const [found, high, nan, none] = [[0.01], [0.2], [Number.NaN], []].map((vector): Answer => ({ vector }));

/**
 * One metric, measured every two seconds: the controller keeps whole seconds, so that after one second the next
 * measurement may be due before it sees its own record of the last, and that is then lost.
 */
const one = (
  name: string,
  limits: Partial<AnalysisMetric>,
  answers: readonly Answer[],
  conditions: Conditions = NUMBER,
): AnalysisCase => ({
  name,
  metrics: [{ name: 'only', interval: '2s', ...limits, ...conditions, answers }],
});

const BY_HAND: readonly AnalysisCase[] = [
  one('good', { count: 3 }, [good]),
  one('bad-at-once', { count: 3 }, [bad]),
  one('bad-once-allowed', { count: 4, failureLimit: 1 }, [good, bad, good]),
  one('bad-twice', { count: 4, failureLimit: 1 }, [bad, good, bad]),
  one('unsure-not-allowed', { count: 3 }, [unsure]),
  one('unsure-promotes', { count: 3, inconclusiveLimit: 3 }, [unsure]),
  one('unsure-holds', { count: 3, inconclusiveLimit: 3, consecutiveSuccessLimit: 1 }, [unsure]),
  one('unsure-then-good', { count: 5, inconclusiveLimit: 5, consecutiveSuccessLimit: 1 }, [
    unsure,
    unsure,
    good,
  ]),
  one('enough-in-a-row', { count: 6, failureLimit: 2, consecutiveSuccessLimit: 2 }, [good, bad, good, good]),
  one('never-in-a-row', { count: 4, failureLimit: 2, consecutiveSuccessLimit: 2 }, [good, bad]),
  one('failures-of-no-account', { count: 4, failureLimit: -1, consecutiveSuccessLimit: 2 }, [
    bad,
    good,
    bad,
    good,
  ]),
  one('failures-then-row', { failureLimit: -1, consecutiveSuccessLimit: 2 }, [bad, bad, good, good]),
  one('no-end-but-row', { consecutiveSuccessLimit: 3 }, [good]),
  one('no-end-but-failure', {}, [good, good, bad]),
  one('once', { interval: '' }, [good]),
  one('once-bad', { interval: '' }, [bad]),
  one('once-down-then-good', { interval: '' }, ['down', good]),
  one('count-zero-once', { interval: '', count: 0 }, [good]),
  one('down-not-allowed', { count: 3, consecutiveErrorLimit: 0 }, ['down']),
  one('down-twice', { count: 3, consecutiveErrorLimit: 1 }, ['down']),
  one('down-between', { count: 3, consecutiveErrorLimit: 1 }, [good, 'down', good]),
  one('down-ends-a-row', { count: 4, consecutiveSuccessLimit: 2 }, [good, 'down', good, good]),
  one('vector-good', { count: 2 }, [found!], GUARDED),
  one('vector-bad', { count: 2 }, [high!], GUARDED),
  one('vector-empty', { count: 2, inconclusiveLimit: 2 }, [none!], GUARDED),
  one('vector-empty-holds', { count: 2, inconclusiveLimit: 2, consecutiveSuccessLimit: 1 }, [none!], GUARDED),
  one('vector-nan', { count: 2 }, [nan!], GUARDED),
  one('nan-fails', { count: 2 }, [nan!], { successCondition: 'result[0] < 0.05' }),
  one('nan-passes', { count: 2 }, [nan!], { failureCondition: 'result[0] >= 0.05' }),
  one('nan-excused', { count: 2 }, [nan!], { successCondition: 'isNaN(result[0]) || result[0] < 0.05' }),
  one('empty-out-of-range', { count: 2, consecutiveErrorLimit: 0 }, [none!], {
    successCondition: 'result[0] < 0.05',
  }),
  one('empty-all', { count: 2 }, [none!], { successCondition: 'all(result, # < 0.05)' }),
  one('several-series', { count: 2 }, [{ vector: [0.01, 0.2] }], {
    successCondition: 'all(result, {# < 0.05})',
  }),
  one('no-condition', { count: 2 }, [bad], {}),
  one('both-hold', { count: 2 }, [good], { successCondition: 'result < 1', failureCondition: 'result < 2' }),
  one('text', { count: 2 }, [{ json: '7' }], { successCondition: 'asFloat(result) < 9' }),
  one('no-text', { count: 2, consecutiveErrorLimit: 0 }, [{ json: 'x' }], {
    successCondition: 'asFloat(result) < 9',
  }),
  one('object', { count: 2 }, [{ json: { errors: 2, state: 'ok' } }], {
    successCondition: 'result.errors < 3 && result.state in ["ok", "fine"]',
  }),
  one('missing-field', { count: 2 }, [{ json: { a: 1 } }], { successCondition: 'result.b == nil' }),
  one('no-boolean', { count: 2, consecutiveErrorLimit: 0 }, [good], { successCondition: 'result + 1' }),
  one('count-too-small', { count: 2, failureLimit: 2, consecutiveSuccessLimit: 1 }, [good]),
  one('inconclusive-above-count', { count: 2, inconclusiveLimit: 3 }, [good]),
  one('no-interval', { count: 2, interval: '' }, [good]),
  one('nothing-decides', { count: 2, failureLimit: -1 }, [good]),
  one('interval-of-days', { count: 2, interval: '1d' }, [good]),
  {
    name: 'ended-unmeasured',
    metrics: [{ name: 'watch', interval: '1h', initialDelay: '1h', ...NUMBER, answers: [bad] }],
    terminateAfter: 3,
  },
  {
    name: 'ended-undecided',
    metrics: [{ name: 'watch', interval: '1h', inconclusiveLimit: 5, ...NUMBER, answers: [unsure] }],
    terminateAfter: 3,
  },
  {
    name: 'one-fails-other-watched',
    metrics: [
      { name: 'watch', interval: '1h', ...NUMBER, answers: [good] },
      { name: 'decide', interval: '2s', count: 3, ...NUMBER, answers: [good, bad] },
    ],
  },
  {
    name: 'one-fails-other-never-begun',
    metrics: [
      { name: 'later', interval: '2s', count: 2, initialDelay: '1h', ...NUMBER, answers: [good] },
      { name: 'decide', interval: '2s', count: 3, ...NUMBER, answers: [bad] },
    ],
  },
  {
    name: 'worst-of-two',
    metrics: [
      { name: 'unsure', interval: '', ...NUMBER, answers: [unsure] },
      { name: 'failed', interval: '', ...NUMBER, answers: [bad] },
    ],
  },
  {
    name: 'error-beside-unsure',
    metrics: [
      { name: 'unsure', interval: '', ...NUMBER, answers: [unsure] },
      { name: 'error', interval: '', consecutiveErrorLimit: 0, ...NUMBER, answers: ['down'] },
    ],
  },
  {
    name: 'dry-run-fails',
    metrics: [
      { name: 'tried', interval: '', dryRun: true, ...NUMBER, answers: [bad] },
      { name: 'meant', interval: '2s', count: 2, ...NUMBER, answers: [good] },
    ],
  },
  {
    name: 'same-name-twice',
    metrics: [
      { name: 'same', interval: '', ...NUMBER, answers: [good] },
      { name: 'same', interval: '', ...NUMBER, answers: [good] },
    ],
  },
];

/** Numbers that look random and are the same in every run: mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One metric each, whose limits and answers are drawn; some are refused. */
function drawn(count: number): readonly AnalysisCase[] {
  const next = random(8);
  const below = (limit: number): number => Math.floor(next() * limit);
  return Array.from({ length: count }, (_, index) => {
    const count = 1 + below(6);
    const answers = Array.from({ length: 8 }, () => [good, good, unsure, bad][below(4)]!);
    // One error costs ten seconds.
    if (below(5) === 0) answers[below(4)] = 'down';
    return one(
      `drawn-${index}`,
      {
        count,
        failureLimit: below(5) - 1,
        consecutiveSuccessLimit: below(4),
        inconclusiveLimit: below(count + 2),
        consecutiveErrorLimit: below(2),
      },
      answers,
    );
  });
}

export const CASES: readonly AnalysisCase[] = [...BY_HAND, ...drawn(60)];
