// What Argo Rollouts and Flagger ask a cluster's Prometheus: the gate's statistics over the requests of one cluster.

import type { InClusterThresholds } from '../../fleet/spec.ts';
import { formatDuration } from '../../fleet/units.ts';
import { normalQuantile } from '../normal-quantile.ts';
import { sprtBounds } from '../sprt.ts';
import { withMatchers } from './selector.ts';

/** Series selectors of a workload's requests. */
export interface RequestMetrics {
  readonly errors: string;
  readonly requests: string;
}

/** Queries, each of one number, or of none where there is nothing to say. */
export interface InClusterQueries {
  /** Log odds that the new version fails more often than those beside it. */
  readonly control: string;
  /** Log odds that the share of failures is that of `baseline + detect` and not that of `baseline`. */
  readonly share: string;
  /** Surely failing at least so often: a ratio. */
  readonly atLeast: string;
  /** Requests that the new version has answered. */
  readonly requests: string;
}

/** What the log odds are compared with, and the requests without which `share` can never be low enough. */
export interface InClusterBounds {
  readonly fail: number;
  readonly pass: number;
  readonly leastRequests: number;
}

/** Digits that PromQL and YAML read the same. */
const digits = (value: number): string => String(Number(value.toPrecision(9)));

/**
 * @param version what the engine writes for the new version in a matcher
 * @param rangeMs as far back as the new version may be: all that it has answered counts at every look
 */
export function inClusterQueries(
  metrics: RequestMetrics,
  { baseline, detect, alpha }: InClusterThresholds,
  version: string,
  rangeMs: number,
): InClusterQueries {
  const range = `[${formatDuration(rangeMs)}]`;
  const arm = { version };
  const others = { version: { not: version } };
  const grown = (selector: string, matchers: typeof arm | typeof others): string =>
    `sum(increase(${withMatchers(selector, matchers)}${range}))`;
  // No series of errors means no errors as long as there are requests; no requests means that nothing is known.
  const failed = (matchers: typeof arm | typeof others): string =>
    `(${grown(metrics.errors, matchers)} or vector(0))`;
  const answered = (matchers: typeof arm | typeof others): string =>
    `(${grown(metrics.requests, matchers)} > 0)`;
  const [bad, all, badThere, allThere] = [failed(arm), answered(arm), failed(others), answered(others)];
  const rise = digits((baseline + detect) / baseline);
  const worse = digits(Math.log((baseline + detect) / baseline));
  const ok = digits(Math.log1p(-(baseline + detect)) - Math.log1p(-baseline));
  const z = normalQuantile(1 - alpha);
  return {
    // Which arm each failure fell in: x ln(R) + (x + y) ln((n + m) / (R n + m)), R the rise, n and m the requests.
    control: `${bad} * ${worse} + (${bad} + ${badThere}) * ln((${all} + ${allThere}) / (${rise} * ${all} + ${allThere}))`,
    share: `${bad} * ${worse} + (${all} - ${bad}) * ${ok}`,
    // Wilson's bound from below.
    atLeast: `(${bad} + ${digits((z * z) / 2)} - ${digits(z)} * sqrt(${bad} * clamp_min(${all} - ${bad}, 0) / ${all} + ${digits((z * z) / 4)})) / (${all} + ${digits(z * z)})`,
    requests: grown(metrics.requests, arm),
  };
}

/** The bounds of the sequential test, and the fewest requests with which it can pass: none of them failed. */
export function inClusterBounds({ baseline, detect, alpha, beta }: InClusterThresholds): InClusterBounds {
  const { fail, pass } = sprtBounds({ alpha, beta });
  const each = Math.log1p(-(baseline + detect)) - Math.log1p(-baseline);
  return {
    fail: Number(fail.toPrecision(6)),
    pass: Number(pass.toPrecision(6)),
    leastRequests: Math.ceil(pass / each),
  };
}
