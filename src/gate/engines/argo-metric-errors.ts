// What Argo Rollouts refuses in a metric when a run begins. The API server accepts all of it: it knows types alone.

import { parseDuration } from '../../fleet/units.ts';
import type { AnalysisMetric } from './argo-analysis.ts';

/** One thing for which an AnalysisRun ends in an error before it measures anything. */
export interface MetricError {
  /** Field of the metric. */
  readonly field: string;
  /** What is wrong, with the values: lower case, one clause, no full stop. */
  readonly message: string;
  readonly fix: string;
}

/** Where a metric's values come from: a name for each provider that it has. */
export interface MetricSource {
  readonly providers: readonly string[];
}

const error = (field: string, message: string, fix: string): MetricError => ({ field, message, fix });

function isDuration(text: string): boolean {
  try {
    parseDuration(text);
    return true;
  } catch {
    return false;
  }
}

function* limitErrors(metric: AnalysisMetric): Generator<MetricError> {
  const { count = 0, failureLimit = 0, consecutiveSuccessLimit = 0 } = metric;
  const { inconclusiveLimit = 0, consecutiveErrorLimit = 0 } = metric;
  if (consecutiveSuccessLimit < 0)
    yield error(
      'consecutiveSuccessLimit',
      `consecutiveSuccessLimit is ${consecutiveSuccessLimit}, below 0`,
      'set it to 0 or more',
    );
  if (failureLimit < -1)
    yield error(
      'failureLimit',
      `failureLimit is ${failureLimit}, below -1`,
      'set it to 0 or more, or to -1 so that failures do not matter',
    );
  if (consecutiveSuccessLimit === 0 && failureLimit === -1)
    yield error(
      'failureLimit',
      'failureLimit -1 and consecutiveSuccessLimit 0: nothing can decide',
      'set failureLimit to 0 or more, or consecutiveSuccessLimit to 1 or more',
    );
  if (inconclusiveLimit < 0)
    yield error(
      'inconclusiveLimit',
      `inconclusiveLimit is ${inconclusiveLimit}, below 0`,
      'set it to 0 or more',
    );
  if (consecutiveErrorLimit < 0)
    yield error(
      'consecutiveErrorLimit',
      `consecutiveErrorLimit is ${consecutiveErrorLimit}, below 0`,
      'set it to 0 or more',
    );
  if (count <= 0) return;
  const least = Math.max(0, failureLimit) + consecutiveSuccessLimit;
  if (consecutiveSuccessLimit >= 0 && failureLimit >= -1 && count < least)
    yield error(
      'count',
      `count ${count} is below failureLimit ${failureLimit} and consecutiveSuccessLimit ${consecutiveSuccessLimit} together`,
      `set count to ${least} or more`,
    );
  if (count < inconclusiveLimit)
    yield error(
      'inconclusiveLimit',
      `inconclusiveLimit ${inconclusiveLimit} is above count ${count}`,
      `set inconclusiveLimit to ${count} or less`,
    );
}

function* timeErrors({
  count = 0,
  interval = '',
  initialDelay = '',
}: AnalysisMetric): Generator<MetricError> {
  if (count > 1 && interval === '')
    yield error('interval', `count is ${count} and there is no interval`, 'set interval, for example to 1m');
  for (const [field, text] of [
    ['interval', interval],
    ['initialDelay', initialDelay],
  ] as const) {
    if (text !== '' && !isDuration(text))
      yield error(
        field,
        `${field} ${JSON.stringify(text)} is not a duration`,
        'write a number with h, m or s, for example 1m',
      );
  }
}

/** What is wrong with the metrics of an analysis, by the metric's index. */
export function* analysisErrors(
  metrics: readonly (AnalysisMetric & MetricSource)[],
): Generator<MetricError & { readonly index?: number }> {
  if (metrics.length === 0) yield error('', 'there are no metrics', 'add a metric');
  for (const [index, metric] of metrics.entries()) {
    const first = metrics.findIndex(({ name }) => name === metric.name);
    if (first < index)
      yield {
        ...error(
          'name',
          `the name ${JSON.stringify(metric.name)} is metric ${first}'s too`,
          'give each metric its own name',
        ),
        index,
      };
    for (const found of [...limitErrors(metric), ...timeErrors(metric)]) yield { ...found, index };
    const { providers } = metric;
    if (providers.length === 1) continue;
    const has = providers.length === 0 ? 'no provider' : `the providers ${providers.join(' and ')}`;
    yield { ...error('provider', `the metric has ${has}`, 'give each metric one provider'), index };
  }
}
