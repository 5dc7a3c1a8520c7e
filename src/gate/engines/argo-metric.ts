// How Argo Rollouts counts the measurements of one metric, as its analysis controller 1.8 to 1.10 does.

/** What one measurement comes to. */
export type Outcome = 'Successful' | 'Failed' | 'Inconclusive' | 'Error';

export type MetricPhase = 'Pending' | 'Running' | Outcome;

/** The fields of a metric that decide how it is counted, as an AnalysisTemplate has them. */
export interface MetricLimits {
  /** Measurements to take. None and no interval: one. None or 0, and an interval: until somebody ends the run. */
  readonly count?: number;
  /** Go duration between measurements. */
  readonly interval?: string;
  /** Failed measurements that are still fine; -1: they do not matter. @default 0 */
  readonly failureLimit?: number;
  /** Successful measurements in a row that are enough; 0: they do not matter. @default 0 */
  readonly consecutiveSuccessLimit?: number;
  /** Inconclusive measurements that are still fine. @default 0 */
  readonly inconclusiveLimit?: number;
  /** Errors in a row that are still fine. @default 4 */
  readonly consecutiveErrorLimit?: number;
}

/** Errors in a row that Argo Rollouts puts up with where a metric does not say. */
export const CONSECUTIVE_ERROR_LIMIT = 4;

/** Seconds after which a measurement that ended in an error is taken again, whatever the metric's interval. */
export const ERROR_RETRY_SECONDS = 10;

export interface MetricCounts {
  readonly count: number;
  readonly successful: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly error: number;
  readonly consecutiveError: number;
  readonly consecutiveSuccess: number;
}

export const NO_COUNTS: MetricCounts = {
  count: 0,
  successful: 0,
  failed: 0,
  inconclusive: 0,
  error: 0,
  consecutiveError: 0,
  consecutiveSuccess: 0,
};

/** Count one more measurement. An error is no measurement: it does not count towards `count`. */
export function countOutcome(counts: MetricCounts, outcome: Outcome): MetricCounts {
  if (outcome === 'Error') {
    const { error, consecutiveError } = counts;
    return { ...counts, error: error + 1, consecutiveError: consecutiveError + 1, consecutiveSuccess: 0 };
  }
  const field = ({ Successful: 'successful', Failed: 'failed', Inconclusive: 'inconclusive' } as const)[
    outcome
  ];
  return {
    ...counts,
    [field]: counts[field] + 1,
    count: counts.count + 1,
    consecutiveError: 0,
    consecutiveSuccess: outcome === 'Successful' ? counts.consecutiveSuccess + 1 : 0,
  };
}

/** How many measurements a metric takes; `undefined`: until the run is ended. */
export function effectiveCount({ count = 0, interval }: MetricLimits): number | undefined {
  if (count !== 0) return count;
  return interval === undefined || interval === '' ? 1 : undefined;
}

/**
 * What a metric comes to after its latest measurement.
 *
 * The trap is in the last lines: once `count` is reached, a metric is Successful whatever was measured, unless it asks
 * for successes (`consecutiveSuccessLimit`). Measurements that never knew anything promote then.
 *
 * @param terminating whether the run is ending: ended by somebody, or because another metric has failed
 * @see https://argo-rollouts.readthedocs.io/en/stable/features/analysis/
 */
export function assessMetric(
  limits: MetricLimits,
  counts: MetricCounts,
  terminating: boolean,
): 'Running' | Outcome {
  const { failureLimit = 0, consecutiveSuccessLimit = 0, inconclusiveLimit = 0 } = limits;
  const { consecutiveErrorLimit = CONSECUTIVE_ERROR_LIMIT } = limits;
  // In this order, the latter over the former.
  if (counts.consecutiveError > consecutiveErrorLimit) return 'Error';
  if (counts.inconclusive > inconclusiveLimit) return 'Inconclusive';
  if (failureLimit >= 0 && counts.failed > failureLimit) return 'Failed';

  const wantsSuccess = consecutiveSuccessLimit > 0;
  if (wantsSuccess && counts.consecutiveSuccess >= consecutiveSuccessLimit) return 'Successful';
  const wanted = effectiveCount(limits);
  if (wanted !== undefined && counts.count >= wanted) {
    if (!wantsSuccess) return 'Successful';
    return failureLimit >= 0 ? 'Inconclusive' : 'Failed';
  }
  return terminating ? 'Successful' : 'Running';
}

/** What became of one metric. */
export interface MetricRun extends MetricCounts {
  readonly phase: MetricPhase;
}

/**
 * Measure one metric alone until it is decided or there is nothing more to measure.
 * @param outcomes of its measurements, in order; may be endless where the metric is not
 */
export function runMetric(limits: MetricLimits, outcomes: Iterable<Outcome>): MetricRun {
  let counts = NO_COUNTS;
  let phase: MetricPhase = 'Pending';
  for (const outcome of outcomes) {
    counts = countOutcome(counts, outcome);
    phase = assessMetric(limits, counts, false);
    if (phase !== 'Running') break;
  }
  return { ...counts, phase };
}
