import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { runAnalysis } from '../../src/gate/engines/argo-analysis.ts';
import { analysisErrors } from '../../src/gate/engines/argo-metric-errors.ts';
import { runMetric, type MetricLimits, type Outcome } from '../../src/gate/engines/argo-metric.ts';

const [S, F, I, E] = ['Successful', 'Failed', 'Inconclusive', 'Error'] as const;
const times = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome);

test('twelve looks that know nothing promote, unless a success is asked for', () => {
  const limits = { interval: '5m', count: 12, failureLimit: 2, inconclusiveLimit: 12 };
  expect(runMetric(limits, times(20, I)).phase).toBe('Successful');
  expect(runMetric({ ...limits, consecutiveSuccessLimit: 1 }, times(20, I))).toMatchObject({
    phase: 'Inconclusive',
    count: 12,
  });
});

test('Prometheus away for fifty seconds ends a metric: five errors, of which four are fine', () => {
  expect(runMetric({ interval: '1m' }, times(9, E))).toMatchObject({ phase: 'Error', error: 5, count: 0 });
});

test('an error between failures takes nothing from them, and a failure between errors begins their count anew', () => {
  expect(runMetric({ interval: '1s', count: 9, failureLimit: 1 }, [F, E, F]).phase).toBe('Failed');
  const limits = { interval: '1s', count: 9, failureLimit: 5, consecutiveErrorLimit: 1 };
  expect(runMetric(limits, [E, F, E, F, E, E])).toMatchObject({ phase: 'Error', error: 4, failed: 2 });
});

test('with failures of no account, a count without enough successes in a row has failed', () => {
  const limits = { interval: '1s', count: 4, failureLimit: -1, consecutiveSuccessLimit: 2 };
  expect(runMetric(limits, [S, F, S, F]).phase).toBe('Failed');
  expect(runMetric(limits, [F, S, S]).phase).toBe('Successful');
});

const limits = fc.record(
  {
    count: fc.integer({ min: 0, max: 8 }),
    interval: fc.constant('1s'),
    failureLimit: fc.integer({ min: -1, max: 4 }),
    consecutiveSuccessLimit: fc.integer({ min: 0, max: 4 }),
    inconclusiveLimit: fc.integer({ min: 0, max: 4 }),
    consecutiveErrorLimit: fc.integer({ min: 0, max: 4 }),
  },
  { requiredKeys: ['interval'] },
);
const outcomes = fc.array(fc.constantFrom(S, F, I, E), { maxLength: 30 });

test('a metric that asks for successes in a row is Successful only with that many at its end', () => {
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 4 }), outcomes, (limits, wanted, outcomes) => {
      const run = runMetric({ ...limits, consecutiveSuccessLimit: wanted }, outcomes);
      expect(run.phase === 'Successful' && run.consecutiveSuccess < wanted).toBe(false);
    }),
  );
});

test('one metric alone comes to the same in an analysis as by itself', () => {
  fc.assert(
    fc.property(limits, outcomes, (limits: MetricLimits, outcomes) => {
      const alone = runMetric(limits, outcomes);
      fc.pre(alone.phase !== 'Pending' && alone.phase !== 'Running');
      const run = runAnalysis([{ name: 'x', ...limits }], {
        measure: (_, index) => outcomes[index]!,
        lookFor: 1e6,
      });
      expect(run).toMatchObject({ phase: alone.phase, metrics: { x: alone } });
    }),
  );
});

const endless = { name: 'watch', interval: '1m' };

test('a metric that fails ends the others, which then count as successes', () => {
  const promote = { name: 'promote', interval: '5m', count: 3 };
  const run = runAnalysis([endless, promote], {
    measure: (metric, index) => (metric === 'promote' && index === 1 ? F : S),
    lookFor: 3600,
  });
  expect(run).toMatchObject({
    phase: 'Failed',
    seconds: 300,
    metrics: { watch: { phase: 'Successful', count: 6 }, promote: { phase: 'Failed', count: 2 } },
  });
});

test('a metric in dry run fails without consequence', () => {
  const run = runAnalysis(
    [
      { name: 'tried', dryRun: true },
      { name: 'meant', interval: '1s', count: 2 },
    ],
    { measure: (metric) => (metric === 'tried' ? F : S), lookFor: 60 },
  );
  expect(run).toMatchObject({ phase: 'Successful', metrics: { tried: { phase: 'Failed' } } });
});

test('a run that is ended before it measured anything is Successful', () => {
  const run = runAnalysis([{ ...endless, initialDelay: '1h' }], {
    measure: () => F,
    terminateAfter: 60,
    lookFor: 3600,
  });
  expect(run).toEqual({ phase: 'Successful', metrics: {}, seconds: 60 });
});

test('a run without an end is looked at as long as asked', () => {
  expect(runAnalysis([endless], { measure: () => S, lookFor: 150 })).toMatchObject({
    phase: 'Running',
    metrics: { watch: { count: 3, phase: 'Running' } },
  });
});

test('what a run refuses to begin with is named', () => {
  const messages = (metric: object): readonly string[] =>
    [...analysisErrors([{ name: 'x', providers: ['web'], ...metric }])].map(({ message }) => message);
  expect(messages({ interval: '1m', count: 3, failureLimit: 2, consecutiveSuccessLimit: 1 })).toEqual([]);
  expect(messages({ interval: '1m', count: 2, failureLimit: 2, consecutiveSuccessLimit: 1 })).toEqual([
    'count 2 is below failureLimit 2 and consecutiveSuccessLimit 1 together',
  ]);
  expect(messages({ count: 2 })).toEqual(['count is 2 and there is no interval']);
  expect(messages({ failureLimit: -1 })).toEqual([
    'failureLimit -1 and consecutiveSuccessLimit 0: nothing can decide',
  ]);
  expect(messages({ providers: ['web', 'job'] })).toEqual(['the metric has the providers web and job']);
  expect([...analysisErrors([])].map(({ message }) => message)).toEqual(['there are no metrics']);
});
