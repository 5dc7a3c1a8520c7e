// How an AnalysisRun of several metrics goes, as Argo Rollouts' analysis controller 1.8 to 1.10 does it.

import { parseDuration } from '../../fleet/units.ts';
import {
  assessMetric,
  countOutcome,
  effectiveCount,
  ERROR_RETRY_SECONDS,
  type MetricCounts,
  type MetricLimits,
  type MetricPhase,
  type MetricRun,
  NO_COUNTS,
  type Outcome,
} from './argo-metric.ts';

export interface AnalysisMetric extends MetricLimits {
  readonly name: string;
  /** Go duration until the first measurement. */
  readonly initialDelay?: string;
  /** Measured and shown, and of no consequence. */
  readonly dryRun?: boolean;
}

export interface AnalysisOptions {
  /**
   * What a measurement comes to.
   * @param index of the measurement of this metric, from 0; errors count
   */
  readonly measure: (metric: string, index: number) => Outcome;
  /** Seconds after which somebody ends the run, as a Rollout does with its background analysis; default: nobody. */
  readonly terminateAfter?: number;
  /** Seconds after which the model stops looking: a run may go on for ever. */
  readonly lookFor: number;
}

export interface AnalysisRun {
  readonly phase: MetricPhase;
  /** By metric; those that were never measured are not there. */
  readonly metrics: Readonly<Record<string, MetricRun>>;
  /** Seconds from its start to its end, or to the end of looking. */
  readonly seconds: number;
}

interface Progress {
  readonly metric: AnalysisMetric;
  counts: MetricCounts;
  phase: MetricPhase;
  measured: number;
  /** Second of the next measurement. */
  due: number;
}

/** From best to worst: the worst of its metrics is what a run comes to. */
const ORDER: readonly Outcome[] = ['Successful', 'Inconclusive', 'Error', 'Failed'];

const isOver = (phase: MetricPhase): phase is Outcome => phase !== 'Pending' && phase !== 'Running';

const seconds = (duration: string | undefined): number =>
  duration === undefined || duration === '' ? 0 : parseDuration(duration) / 1000;

/** When a metric that goes on is measured again: an error sooner or later than its interval asks. */
const pauseAfter = ({ interval }: AnalysisMetric, outcome: Outcome): number =>
  outcome === 'Error' ? ERROR_RETRY_SECONDS : seconds(interval);

/** Whether a metric that matters has come to something else than success: the others are not measured any more. */
const isStopped = (all: readonly Progress[]): boolean =>
  all.some(({ metric, phase }) => metric.dryRun !== true && isOver(phase) && phase !== 'Successful');

/**
 * Run an analysis, second by second, until it is decided.
 *
 * A run that is ended by somebody before it measured anything is Successful, and so is every metric that was not
 * decided by then: an analysis in the background can stop a rollout and can never vouch for one.
 *
 * @throws UserError `DURATION_SYNTAX`
 */
export function runAnalysis(metrics: readonly AnalysisMetric[], options: AnalysisOptions): AnalysisRun {
  const { measure, terminateAfter = Number.POSITIVE_INFINITY, lookFor } = options;
  const all = metrics.map((metric): Progress => ({
    metric,
    counts: NO_COUNTS,
    phase: 'Pending',
    measured: 0,
    due: seconds(metric.initialDelay),
  }));
  const result = (phase: MetricPhase, at: number): AnalysisRun => ({
    phase,
    metrics: Object.fromEntries(
      all
        .filter(({ measured }) => measured > 0)
        .map(({ metric, counts, phase }) => [metric.name, { ...counts, phase }]),
    ),
    seconds: at,
  });

  for (;;) {
    const waiting = all.filter((one) => !isOver(one.phase) && isDue(one));
    const at = Math.min(terminateAfter, ...waiting.map(({ due }) => due));
    if (at > lookFor) return result('Running', lookFor);
    if (at < terminateAfter) for (const one of waiting) if (one.due === at) take(one, measure, at);
    assess(all, at >= terminateAfter);
    // What a metric came to is seen by the others when the run is looked at again, at once.
    const stopped = at >= terminateAfter || isStopped(all);
    if (stopped) assess(all, true);
    const phase = worstOf(all);
    if (stopped) return result(phase ?? 'Successful', at);
    if (all.every((one) => isOver(one.phase))) return result(phase ?? 'Running', at);
  }
}

/** Whether a metric will be measured (again). */
const isDue = ({ metric, counts, measured }: Progress): boolean =>
  measured === 0 || counts.count < (effectiveCount(metric) ?? Number.POSITIVE_INFINITY);

function take(one: Progress, measure: AnalysisOptions['measure'], at: number): void {
  const outcome = measure(one.metric.name, one.measured);
  one.measured += 1;
  one.counts = countOutcome(one.counts, outcome);
  one.due = at + pauseAfter(one.metric, outcome);
}

function assess(all: readonly Progress[], terminating: boolean): void {
  for (const one of all) {
    if (one.measured === 0 || isOver(one.phase)) continue;
    one.phase = assessMetric(one.metric, one.counts, terminating);
  }
}

/** The worst of what metrics that are over came to; one in dry run counts as a success. */
function worstOf(all: readonly Progress[]): Outcome | undefined {
  const phases = all.flatMap(({ metric, phase }) => {
    if (!isOver(phase)) return [];
    return [metric.dryRun === true ? 'Successful' : phase];
  });
  return phases.toSorted((a, b) => ORDER.indexOf(b) - ORDER.indexOf(a))[0];
}
